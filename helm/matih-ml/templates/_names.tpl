{{/* Short, because the longest name that is built on it must stay below 63 characters and KubeRay's below 36. */}}
{{- define "matih-ml.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 24 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 24 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 24 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The name of a component: (list root component). */}}
{{- define "matih-ml.name" -}}
{{- printf "%s-%s" (include "matih-ml.fullname" (first .)) (last .) -}}
{{- end -}}

{{/* What selects a component's pods: (list root component). Never changes between releases. */}}
{{- define "matih-ml.selector" -}}
{{- $root := first . -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{/* Labels of every object: (list root component). */}}
{{- define "matih-ml.labels" -}}
{{- $root := first . -}}
{{ include "matih-ml.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: matih-ml
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata of an object: (list root component). */}}
{{- define "matih-ml.metadata" -}}
name: {{ include "matih-ml.name" . }}
namespace: {{ (first .).Release.Namespace }}
labels:
  {{- include "matih-ml.labels" . | nindent 2 }}
{{- end -}}

{{/* A host inside the cluster, reachable from every namespace: (list root component). */}}
{{- define "matih-ml.host" -}}
{{- printf "%s.%s.svc" (include "matih-ml.name" .) (first .).Release.Namespace -}}
{{- end -}}

{{/* An image by registry, tag and digest: (list root image). Our own images carry the version of the application. */}}
{{- define "matih-ml.image" -}}
{{- $root := first . -}}
{{- $image := last . -}}
{{- $registry := $image.registry | default $root.Values.imageRegistry -}}
{{- if $registry }}{{ trimSuffix "/" $registry }}/{{ end -}}
{{- $image.repository }}:{{ $image.tag | default $root.Chart.AppVersion -}}
{{- if $image.digest }}@{{ $image.digest }}{{ end -}}
{{- end -}}

{{- define "matih-ml.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A value that must be given: (list value path hint). */}}
{{- define "matih-ml.required" -}}
{{- if not (first .) }}{{ fail (printf "%s is missing: %s" (index . 1) (last .)) }}{{ end -}}
{{- first . -}}
{{- end -}}

{{/* The orchestrator's name among objects that belong to no namespace. */}}
{{- define "matih-ml.clusterName" -}}
{{- printf "%s-%s" (.Release.Namespace | trunc 30) (include "matih-ml.name" (list . "orchestrator")) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
