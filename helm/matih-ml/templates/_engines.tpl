{{/*
One pod of a part that is ours: (dict root component values command args ports env mounts volumes probe alive uid).
"alive" is asked instead of "probe" where that also tells of somebody else who is away: a restart would mend nothing.
Used by PostgreSQL, the S3 store, MLflow, Feast's server and Triton, so that all are equally restricted.
*/}}
{{- define "matih-ml.engine.pod" -}}
{{- $root := .root -}}
{{- $values := .values -}}
metadata:
  labels:
    {{- include "matih-ml.labels" (list $root .component) | nindent 4 }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "matih-ml.name" (list $root "engines") }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .grace | default 30 }}
  {{- include "matih-ml.pullSecrets" $root | nindent 2 }}
  securityContext:
    {{- include "matih-ml.podSecurity" (list $root $values.runAsUser) | nindent 4 }}
  {{- include "matih-ml.placement" (list $values) | nindent 2 }}
  containers:
    - name: {{ .component }}
      image: {{ include "matih-ml.image" (list $root $values.image) }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      {{- with $values.command | default .command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.args | default .args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        {{- range $name, $port := .ports }}
        - {name: {{ $name }}, containerPort: {{ $port }}, protocol: TCP}
        {{- end }}
      env:
        {{- .env | nindent 8 }}
        {{- with $values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      startupProbe:
        {{- .probe | nindent 8 }}
        {{- toYaml $values.probes.startup | nindent 8 }}
      readinessProbe:
        {{- .probe | nindent 8 }}
        {{- toYaml $values.probes.readiness | nindent 8 }}
      livenessProbe:
        {{- .alive | default .probe | nindent 8 }}
        {{- toYaml $values.probes.liveness | nindent 8 }}
      resources:
        {{- toYaml $values.resources | nindent 8 }}
      securityContext:
        {{- include "matih-ml.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- with .volumes }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The claim of a part that keeps data, or an emptyDir where data may be lost: (dict values). */}}
{{- define "matih-ml.engine.claim" -}}
{{- $storage := .values.persistence -}}
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  {{- with $storage.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $storage.size }}
{{- end -}}

{{- define "matih-ml.engine.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "matih-ml.metadata" (list .root .component) | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "matih-ml.selector" (list .root .component) | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - {name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }}, protocol: TCP}
    {{- end }}
{{- end -}}

{{/* A part that keeps its data on a disk: same dict as the pod. */}}
{{- define "matih-ml.engine.stateful" -}}
{{- $keeps := .values.persistence.enabled -}}
{{- $volumes := .volumes | default "" -}}
{{- if not $keeps }}{{ $volumes = printf "%s\n- name: data\n  emptyDir: {}" $volumes }}{{ end -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "matih-ml.metadata" (list .root .component) | nindent 2 }}
spec:
  serviceName: {{ include "matih-ml.name" (list .root .component) }}
  replicas: 1
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      {{- include "matih-ml.selector" (list .root .component) | nindent 6 }}
  template:
    {{- include "matih-ml.engine.pod" (mergeOverwrite (dict) . (dict "volumes" $volumes)) | nindent 4 }}
  {{- if $keeps }}
  {{- /* Data outlive the release: helm uninstall leaves the claims. */}}
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: Retain
    whenScaled: Retain
  volumeClaimTemplates:
    - {{- include "matih-ml.engine.claim" . | nindent 6 }}
  {{- end }}
{{- end -}}

{{/* A part that keeps nothing: same dict as the pod, and "strategy". */}}
{{- define "matih-ml.engine.stateless" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "matih-ml.metadata" (list .root .component) | nindent 2 }}
spec:
  replicas: {{ .replicas | default 1 | int }}
  revisionHistoryLimit: 5
  strategy:
    type: {{ .strategy }}
    {{- if eq .strategy "RollingUpdate" }}
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
    {{- end }}
  selector:
    matchLabels:
      {{- include "matih-ml.selector" (list .root .component) | nindent 6 }}
  template:
    {{- include "matih-ml.engine.pod" . | nindent 4 }}
{{- end -}}
