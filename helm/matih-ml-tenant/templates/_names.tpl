{{- define "tenant.namespace" -}}
{{- .Values.namespace.name | default (printf "ml-%s" .Values.tenant) -}}
{{- end -}}

{{- define "tenant.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .component | default "tenant" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: matih-ml
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
matih.ai/tenant: {{ .Values.tenant }}
{{- end -}}

{{/* metadata of an object in the tenant's namespace: (list root name). */}}
{{- define "tenant.metadata" -}}
name: {{ last . }}
namespace: {{ include "tenant.namespace" (first .) }}
labels:
  {{- include "tenant.labels" (first .) | nindent 2 }}
{{- end -}}
