{{/*
The five services from one library. What differs between them is here: port, role in the database, and what each must know.
*/}}
{{- define "matih-ml.services" -}}
ml-api: {port: 8000, role: api}
training-orchestrator: {port: 8001, role: training}
model-registry-gateway: {port: 8002, role: registry}
feature-gateway: {port: 8003, role: features, dataPlane: {name: online-features, port: 8006}}
serving-router: {port: 8004, role: serving, dataPlane: {name: predictions, port: 8005}, grpc: 8007}
{{- end -}}

{{/* Everything about one service: (list root service). What a service does not say itself comes from "defaults". */}}
{{- define "matih-ml.service.values" -}}
{{- $root := first . -}}
{{- $own := index $root.Values.services (last .) -}}
{{- $merged := mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy $own) -}}
{{- /* Resources are one decision, not a mixture of two. */ -}}
{{- if $own.resources }}{{ $_ := set $merged "resources" $own.resources }}{{ end -}}
{{- toYaml $merged -}}
{{- end -}}

{{- define "matih-ml.service.url" -}}
{{- $port := (get (include "matih-ml.services" (first .) | fromYaml) (last .)).port -}}
http://{{ include "matih-ml.host" . }}:{{ $port }}
{{- end -}}

{{/* The listener of a service for its hot paths. */}}
{{- define "matih-ml.dataPlane.url" -}}
{{- $port := (get (include "matih-ml.services" (first .) | fromYaml) (last .)).dataPlane.port -}}
http://{{ include "matih-ml.host" . }}:{{ $port }}
{{- end -}}

{{/* Longer than everything that happens at the end: the Service forgets the pod, requests finish, loops give back their leases. */}}
{{- define "matih-ml.grace" -}}
{{- add .lameDuckSeconds .drainSeconds .marginSeconds -}}
{{- end -}}

{{- define "matih-ml.autoscaled" -}}
{{- if .autoscaling.enabled }}true{{ end -}}
{{- end -}}

{{/* Settings that follow from the chart's values; the same tree as the service's own application.yaml. */}}
{{- define "matih-ml.service.settings" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := index . 2 -}}
spring:
  lifecycle:
    timeout-per-shutdown-phase: {{ $values.shutdown.drainSeconds }}s
matih:
  web:
    lame-duck: {{ $values.shutdown.lameDuckSeconds }}s
{{- if eq $name "training-orchestrator" }}
training:
  {{- if $root.Values.ray.jobs.enabled }}
  {{- $ray := $root.Values.ray }}
  cluster:
    kuberay:
      namespace: {{ $ray.jobs.namespace | quote }}
      image: {{ include "matih-ml.image" (list $root $ray.image) }}
      ray-version: {{ $ray.version | quote }}
      queue: {{ $ray.jobs.queue | quote }}
      pull-secret: {{ $ray.jobs.pullSecret | quote }}
      storage-secret: {{ $ray.jobs.storageSecret | quote }}
      head-cpus: {{ $ray.jobs.headCpus }}
      head-memory: {{ $ray.jobs.headMemory }}
      gpu-taint: {{ (first $ray.workers.gpu.tolerations).key }}
      {{- /* Spring drops the slash of a label's name unless it stands in brackets. */}}
      {{- with $ray.workers.cpu.nodeSelector }}
      node-selector:
        {{- range $label, $value := . }}
        {{ printf "[%s]" $label | quote }}: {{ $value | quote }}
        {{- end }}
      {{- end }}
      gpu-node-selector:
        {{- range $label, $value := $ray.workers.gpu.nodeSelector }}
        {{ printf "[%s]" $label | quote }}: {{ $value | quote }}
        {{- end }}
      {{- with $ray.jobs.capacity }}
      capacity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
  {{- end }}
  dataset:
    bucket: {{ $root.Values.objectStore.buckets.datasets }}
  job:
    bucket: {{ $root.Values.objectStore.buckets.checkpoints }}
    models-bucket: {{ $root.Values.objectStore.buckets.models }}
    source-buckets: [{{ $root.Values.objectStore.buckets.datasets }}]
  packages:
    bucket: {{ $root.Values.objectStore.buckets.checkpoints }}
{{- else if eq $name "model-registry-gateway" }}
registry:
  artifact:
    bucket: {{ $root.Values.objectStore.buckets.models }}
  {{- with $root.Values.webhooks.egress }}
  {{- if .enabled }}
  webhook:
    ports: {{ toJson .ports }}
    {{- with .networks }}
    allowed-networks: {{ toJson . }}
    {{- end }}
  {{- end }}
  {{- end }}
{{- else if eq $name "feature-gateway" }}
features:
  source:
    bucket: {{ $root.Values.objectStore.buckets.datasets }}
{{- else if eq $name "serving-router" }}
serving:
  engine:
    models-bucket: {{ $root.Values.objectStore.buckets.models }}
{{- end }}
{{- end -}}

{{/* The file that a service reads: what follows from the values, then what the operator says. */}}
{{- define "matih-ml.service.applicationYaml" -}}
{{- $derived := include "matih-ml.service.settings" . | fromYaml -}}
{{- mergeOverwrite $derived (deepCopy (index . 2).settings) | toYaml -}}
{{- end -}}

{{/* Environment of a service: (list root name values). */}}
{{- define "matih-ml.service.env" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := index . 2 -}}
{{- $service := get (include "matih-ml.services" $root | fromYaml) $name -}}
{{ include "matih-ml.env" (list "SERVER_PORT" $service.port) }}
{{ include "matih-ml.env" (list "MANAGEMENT_PORT" $values.managementPort) }}
{{ include "matih-ml.env" (list "SPRING_CONFIG_ADDITIONAL_LOCATION" "file:/etc/matih-ml/") }}
{{ include "matih-ml.env" (list "JDK_JAVA_OPTIONS" $values.javaOptions) }}
{{ include "matih-ml.env" (list "MALLOC_ARENA_MAX" "2") }}
{{ include "matih-ml.env" (list "JWKS_FILE" "/etc/matih-ml-keys/jwks.json") }}
{{ include "matih-ml.env" (list "SIGNING_KEY_FILE" "/etc/matih-ml-keys/signing.jwk.json") }}
{{ include "matih-ml.env" (list "DATABASE_URL" (include "matih-ml.postgresql.jdbc" (list $root $root.Values.postgresql.databases.ml))) }}
{{ include "matih-ml.env" (list "DATABASE_USER" $service.role) }}
{{ include "matih-ml.secretEnv" (list "DATABASE_PASSWORD" $root.Values.postgresql.existingSecret (printf "%s-password" $service.role)) }}
{{- if eq $name "ml-api" }}
{{ include "matih-ml.secretEnv" (list "BOOTSTRAP_KEY_SHA256" $root.Values.auth.existingSecret "bootstrap-key-sha256") }}
{{- range $variable, $setting := dict "OIDC_ISSUER" "issuer" "OIDC_JWKS" "jwks" "OIDC_AUDIENCE" "audience" "OIDC_TENANT_CLAIM" "tenantClaim" "OIDC_ROLES_CLAIM" "rolesClaim" "OIDC_PRINCIPAL_CLAIM" "principalClaim" }}
{{- with get $root.Values.auth.oidc $setting }}
{{ include "matih-ml.env" (list $variable .) }}
{{- end }}
{{- end }}
{{ include "matih-ml.env" (list "TRAINING_URL" (include "matih-ml.service.url" (list $root "training-orchestrator"))) }}
{{ include "matih-ml.env" (list "REGISTRY_URL" (include "matih-ml.service.url" (list $root "model-registry-gateway"))) }}
{{ include "matih-ml.env" (list "FEATURES_URL" (include "matih-ml.service.url" (list $root "feature-gateway"))) }}
{{ include "matih-ml.env" (list "ONLINE_FEATURES_URL" (include "matih-ml.dataPlane.url" (list $root "feature-gateway"))) }}
{{ include "matih-ml.env" (list "SERVING_URL" (include "matih-ml.service.url" (list $root "serving-router"))) }}
{{ include "matih-ml.env" (list "PREDICTIONS_URL" (include "matih-ml.dataPlane.url" (list $root "serving-router"))) }}
{{ include "matih-ml.env" (list "MLFLOW_URL" (include "matih-ml.mlflow.url" $root)) }}
{{- with include "matih-ml.ray.url" $root }}
{{ include "matih-ml.env" (list "RAY_URL" .) }}
{{- end }}
{{ include "matih-ml.env" (list "FEAST_URL" (include "matih-ml.feast.url" $root)) }}
{{ include "matih-ml.env" (list "S3_ENDPOINT" (include "matih-ml.objectStore.url" $root)) }}
{{- else if eq $name "training-orchestrator" }}
{{ include "matih-ml.s3.env" $root }}
{{- if $root.Values.ray.jobs.enabled }}
{{ include "matih-ml.env" (list "TRAINING_BACKEND" "kuberay") }}
{{- else }}
{{ include "matih-ml.env" (list "RAY_URL" (include "matih-ml.ray.url" $root)) }}
{{ include "matih-ml.secretEnv" (list "RAY_TOKEN" $root.Values.ray.existingSecret "auth_token") }}
{{- end }}
{{ include "matih-ml.env" (list "PUBLIC_URL" (include "matih-ml.publicUrl" $root)) }}
{{ include "matih-ml.env" (list "API_URL" (include "matih-ml.service.url" (list $root "ml-api"))) }}
{{ include "matih-ml.env" (list "FEATURES_URL" (include "matih-ml.service.url" (list $root "feature-gateway"))) }}
{{ include "matih-ml.env" (list "REGISTRY_URL" (include "matih-ml.service.url" (list $root "model-registry-gateway"))) }}
{{- else if eq $name "model-registry-gateway" }}
{{ include "matih-ml.s3.env" $root }}
{{ include "matih-ml.env" (list "MLFLOW_URL" (include "matih-ml.mlflow.url" $root)) }}
{{ include "matih-ml.env" (list "TRAINING_URL" (include "matih-ml.service.url" (list $root "training-orchestrator"))) }}
{{ include "matih-ml.env" (list "SERVING_URL" (include "matih-ml.service.url" (list $root "serving-router"))) }}
{{ include "matih-ml.env" (list "PREDICTIONS_URL" (include "matih-ml.dataPlane.url" (list $root "serving-router"))) }}
{{- else if eq $name "feature-gateway" }}
{{ include "matih-ml.env" (list "ONLINE_FEATURES_PORT" $service.dataPlane.port) }}
{{ include "matih-ml.env" (list "API_URL" (include "matih-ml.service.url" (list $root "ml-api"))) }}
{{ include "matih-ml.env" (list "TRAINING_URL" (include "matih-ml.service.url" (list $root "training-orchestrator"))) }}
{{ include "matih-ml.env" (list "FEAST_URL" (include "matih-ml.feast.url" $root)) }}
{{ include "matih-ml.secretEnv" (list "FEAST_TOKEN" $root.Values.feast.existingSecret "token") }}
{{ include "matih-ml.env" (list "FEAST_DATABASE_URL" (include "matih-ml.postgresql.jdbc" (list $root $root.Values.postgresql.databases.feast))) }}
{{ include "matih-ml.env" (list "FEAST_DATABASE_USER" "feast") }}
{{ include "matih-ml.secretEnv" (list "FEAST_DATABASE_PASSWORD" $root.Values.postgresql.existingSecret "feast-password") }}
{{- with include "matih-ml.onlineStore.env" (list $root "reader") }}
{{ . }}
{{- end }}
{{- else if eq $name "serving-router" }}
{{ include "matih-ml.s3.env" $root }}
{{ include "matih-ml.env" (list "REGISTRY_URL" (include "matih-ml.service.url" (list $root "model-registry-gateway"))) }}
{{ include "matih-ml.env" (list "ONLINE_FEATURES_URL" (include "matih-ml.dataPlane.url" (list $root "feature-gateway"))) }}
{{ include "matih-ml.env" (list "PREDICTIONS_PORT" $service.dataPlane.port) }}
{{ include "matih-ml.env" (list "GRPC_PORT" $service.grpc) }}
{{ include "matih-ml.env" (list "TRAINING_URL" (include "matih-ml.service.url" (list $root "training-orchestrator"))) }}
{{ include "matih-ml.env" (list "API_URL" (include "matih-ml.service.url" (list $root "ml-api"))) }}
{{ include "matih-ml.env" (list "DATA_DIR" "/var/lib/matih-ml") }}
{{- if $root.Values.triton.enabled }}
{{ include "matih-ml.env" (list "TRITON_URL" (printf "http://%s:8000" (include "matih-ml.host" (list $root "triton")))) }}
{{ include "matih-ml.env" (list "TRITON_GRPC" (printf "%s:8001" (include "matih-ml.host" (list $root "triton")))) }}
{{- end }}
{{- with include "matih-ml.ray.serveUrl" $root }}
{{ include "matih-ml.env" (list "RAY_URL" (include "matih-ml.ray.url" $root)) }}
{{ include "matih-ml.secretEnv" (list "RAY_TOKEN" $root.Values.ray.existingSecret "auth_token") }}
{{ include "matih-ml.env" (list "RAY_SERVE_URL" .) }}
{{- end }}
{{- end }}
{{- with $values.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The pods of a service: (list root name values). */}}
{{- define "matih-ml.service.deployment" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := index . 2 -}}
{{- $service := get (include "matih-ml.services" $root | fromYaml) $name -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
spec:
  {{- /* Never beside an autoscaler: an upgrade would fight it over this field. */}}
  {{- if not (include "matih-ml.autoscaled" $values) }}
  replicas: {{ int $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "matih-ml.selector" (list $root $name) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "matih-ml.labels" (list $root $name) | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ include "matih-ml.service.applicationYaml" . | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "matih-ml.name" (list $root $name) }}
      automountServiceAccountToken: {{ and (eq $name "training-orchestrator") $root.Values.ray.jobs.enabled | ternary true false }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ include "matih-ml.grace" $values.shutdown }}
      {{- include "matih-ml.pullSecrets" $root | nindent 6 }}
      securityContext:
        {{- include "matih-ml.podSecurity" (list $root $values.runAsUser) | nindent 8 }}
      {{- include "matih-ml.placement" (list $values) | nindent 6 }}
      topologySpreadConstraints:
        {{- include "matih-ml.spread" (list $root $name) | nindent 8 }}
      containers:
        - name: {{ $name }}
          image: {{ include "matih-ml.image" (list $root $values.image) }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          ports:
            - {name: http, containerPort: {{ $service.port }}, protocol: TCP}
            {{- with $service.dataPlane }}
            - {name: {{ .name }}, containerPort: {{ .port }}, protocol: TCP}
            {{- end }}
            {{- with $service.grpc }}
            - {name: grpc, containerPort: {{ . }}, protocol: TCP}
            {{- end }}
            - {name: management, containerPort: {{ int $values.managementPort }}, protocol: TCP}
          env:
            {{- include "matih-ml.service.env" . | nindent 12 }}
          startupProbe:
            httpGet: {path: /actuator/health/liveness, port: management}
            {{- toYaml $values.probes.startup | nindent 12 }}
          readinessProbe:
            httpGet: {path: /actuator/health/readiness, port: management}
            {{- toYaml $values.probes.readiness | nindent 12 }}
          livenessProbe:
            httpGet: {path: /actuator/health/liveness, port: management}
            {{- toYaml $values.probes.liveness | nindent 12 }}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "matih-ml.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - {name: config, mountPath: /etc/matih-ml, readOnly: true}
            - {name: keys, mountPath: /etc/matih-ml-keys, readOnly: true}
            - {name: tmp, mountPath: /tmp}
            {{- if eq $name "serving-router" }}
            - {name: data, mountPath: /var/lib/matih-ml}
            {{- end }}
      volumes:
        - name: config
          configMap:
            name: {{ include "matih-ml.name" (list $root $name) }}
        {{- /* Each service sees its own private key and everybody's public ones. */}}
        - name: keys
          secret:
            secretName: {{ $root.Values.auth.existingSecret }}
            defaultMode: 288
            items:
              - {key: jwks.json, path: jwks.json}
              - {key: {{ $name }}.jwk.json, path: signing.jwk.json}
        - name: tmp
          emptyDir:
            sizeLimit: {{ $values.tmpSize }}
        {{- if eq $name "serving-router" }}
        - name: data
          {{- if $values.data.storageClass }}
          ephemeral:
            volumeClaimTemplate:
              spec:
                accessModes: [ReadWriteOnce]
                storageClassName: {{ $values.data.storageClass }}
                resources:
                  requests:
                    storage: {{ $values.data.size }}
          {{- else }}
          emptyDir:
            sizeLimit: {{ $values.data.size }}
          {{- end }}
        {{- end }}
{{- end -}}

{{- define "matih-ml.service.service" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := index . 2 -}}
{{- $service := get (include "matih-ml.services" $root | fromYaml) $name -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "matih-ml.selector" (list $root $name) | nindent 4 }}
  ports:
    - {name: http, port: {{ $service.port }}, targetPort: http, protocol: TCP, appProtocol: http}
    {{- with $service.dataPlane }}
    - {name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }}, protocol: TCP, appProtocol: http}
    {{- end }}
    {{- with $service.grpc }}
    - {name: grpc, port: {{ . }}, targetPort: grpc, protocol: TCP, appProtocol: kubernetes.io/h2c}
    {{- end }}
    - {name: management, port: {{ int $values.managementPort }}, targetPort: management, protocol: TCP, appProtocol: http}
{{- end -}}

{{- define "matih-ml.service.config" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
data:
  application.yaml: |
    {{- include "matih-ml.service.applicationYaml" . | nindent 4 }}
{{- end -}}

{{- define "matih-ml.service.account" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := index . 2 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
  {{- with $values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{- define "matih-ml.service.scaling" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $scaling := (index . 2).autoscaling -}}
{{- if $scaling.keda.enabled -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
spec:
  scaleTargetRef:
    name: {{ include "matih-ml.name" (list $root $name) }}
  minReplicaCount: {{ int $scaling.minReplicas }}
  maxReplicaCount: {{ int $scaling.maxReplicas }}
  {{- if not $scaling.keda.triggers }}
  {{- fail (printf "services.%s.autoscaling.keda.triggers is missing: KEDA needs at least one" $name) }}
  {{- end }}
  triggers:
    {{- toYaml $scaling.keda.triggers | nindent 4 }}
{{- else -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "matih-ml.name" (list $root $name) }}
  minReplicas: {{ int $scaling.minReplicas }}
  maxReplicas: {{ int $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ int $scaling.targetCPUUtilizationPercentage }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
{{- end -}}
{{- end -}}

{{- define "matih-ml.service.disruption" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
spec:
  maxUnavailable: 1
  {{- /* A pod that is not ready protects nobody. */}}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "matih-ml.selector" (list $root $name) | nindent 6 }}
{{- end -}}

{{- define "matih-ml.service.monitor" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "matih-ml.metadata" (list $root $name) | nindent 2 }}
  {{- with $root.Values.monitoring.labels }}
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  jobLabel: app.kubernetes.io/component
  selector:
    matchLabels:
      {{- include "matih-ml.selector" (list $root $name) | nindent 6 }}
  endpoints:
    - port: management
      path: /actuator/prometheus
      interval: {{ $root.Values.monitoring.interval }}
{{- end -}}
