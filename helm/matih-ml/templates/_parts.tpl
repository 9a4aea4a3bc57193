{{/*
Where the parts beside the services are. Each is ours (enabled) or yours (external); nobody else decides that.
*/}}

{{- define "matih-ml.postgresql.host" -}}
{{- if .Values.postgresql.enabled -}}
{{- include "matih-ml.host" (list . "postgresql") -}}
{{- else -}}
{{- include "matih-ml.required" (list .Values.postgresql.external.host "postgresql.external.host" "postgresql.enabled is false, so name your own server") -}}
{{- end -}}
{{- end -}}

{{- define "matih-ml.postgresql.port" -}}
{{- if .Values.postgresql.enabled }}5432{{ else }}{{ int .Values.postgresql.external.port }}{{ end -}}
{{- end -}}

{{/* The JDBC address of a database: (list root database). */}}
{{- define "matih-ml.postgresql.jdbc" -}}
{{- $root := first . -}}
{{- printf "jdbc:postgresql://%s:%s/%s" (include "matih-ml.postgresql.host" $root) (include "matih-ml.postgresql.port" $root) (last .) -}}
{{- if not $root.Values.postgresql.enabled }}?sslmode={{ $root.Values.postgresql.external.sslMode }}{{ end -}}
{{- end -}}

{{- define "matih-ml.objectStore.url" -}}
{{- if .Values.objectStore.enabled -}}
http://{{ include "matih-ml.host" (list . "object-store") }}:9000
{{- else -}}
{{- include "matih-ml.required" (list .Values.objectStore.external.endpoint "objectStore.external.endpoint" "objectStore.enabled is false, so name your own S3 store") | trimSuffix "/" -}}
{{- end -}}
{{- end -}}

{{- define "matih-ml.mlflow.url" -}}
{{- if .Values.mlflow.enabled -}}
http://{{ include "matih-ml.host" (list . "mlflow") }}:5000
{{- else -}}
{{- include "matih-ml.required" (list .Values.mlflow.external.url "mlflow.external.url" "mlflow.enabled is false, so name your own server") | trimSuffix "/" -}}
{{- end -}}
{{- end -}}

{{- define "matih-ml.feast.url" -}}
{{- if .Values.feast.enabled -}}
http://{{ include "matih-ml.host" (list . "feast") }}:6566
{{- else -}}
{{- include "matih-ml.required" (list .Values.feast.external.url "feast.external.url" "feast.enabled is false, so name your own server") | trimSuffix "/" -}}
{{- end -}}
{{- end -}}

{{/* Where online values are, for who reads them or writes them: (list root "reader"|"writer"). Empty: in PostgreSQL. */}}
{{- define "matih-ml.onlineStore.env" -}}
{{- $store := (first .).Values.feast.onlineStore -}}
{{- $redis := $store.redis -}}
{{- $reader := and (eq (last .) "reader") $redis.readerUser -}}
{{- if eq $store.type "redis" -}}
{{ include "matih-ml.env" (list "FEAST_ONLINE_STORE" "redis") }}
{{ include "matih-ml.env" (list "FEAST_REDIS_URL" $redis.url) }}
{{- with $reader | default $redis.user }}
{{ include "matih-ml.env" (list "FEAST_REDIS_USER" .) }}
{{- end }}
{{- with $redis.existingSecret }}
{{ include "matih-ml.secretEnv" (list "FEAST_REDIS_PASSWORD" . (ternary "redis-reader-password" "redis-password" (not (empty $reader)))) }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* KubeRay names the head's Service after the cluster. Empty where jobs bring their own clusters and there is no shared one. */}}
{{- define "matih-ml.ray.url" -}}
{{- if .Values.ray.enabled -}}
http://{{ include "matih-ml.name" (list . "ray") }}-head-svc.{{ .Release.Namespace }}.svc:8265
{{- else if or .Values.ray.external.url (not .Values.ray.jobs.enabled) -}}
{{- include "matih-ml.required" (list .Values.ray.external.url "ray.external.url" "ray.enabled is false, so name your own cluster's dashboard") | trimSuffix "/" -}}
{{- end -}}
{{- end -}}

{{/* Where replicas of Ray Serve answer. Empty where there is no shared cluster, or one that does not say. */}}
{{- define "matih-ml.ray.serveUrl" -}}
{{- if .Values.ray.enabled -}}
http://{{ include "matih-ml.name" (list . "ray") }}-head-svc.{{ .Release.Namespace }}.svc:8000
{{- else if .Values.ray.external.url -}}
{{- .Values.ray.external.serveUrl | trimSuffix "/" -}}
{{- end -}}
{{- end -}}

{{/* The door as jobs inside Ray see it. */}}
{{- define "matih-ml.publicUrl" -}}
{{- .Values.publicUrl | default (printf "http://%s:8000" (include "matih-ml.host" (list . "ml-api"))) | trimSuffix "/" -}}
{{- end -}}

{{/* The port of a URL; 443 or 80 when it names none. */}}
{{- define "matih-ml.urlPort" -}}
{{- $parts := urlParse . -}}
{{- $host := $parts.host -}}
{{- if regexMatch ":[0-9]+$" $host -}}
{{- regexFind "[0-9]+$" $host -}}
{{- else if eq $parts.scheme "https" -}}443{{- else -}}80{{- end -}}
{{- end -}}

{{/* What every client of the S3 store in Python or Java's own libraries reads. */}}
{{- define "matih-ml.aws.env" -}}
{{ include "matih-ml.env" (list "AWS_ENDPOINT_URL" (include "matih-ml.objectStore.url" .)) }}
{{ include "matih-ml.secretEnv" (list "AWS_ACCESS_KEY_ID" .Values.objectStore.existingSecret "access-key") }}
{{ include "matih-ml.secretEnv" (list "AWS_SECRET_ACCESS_KEY" .Values.objectStore.existingSecret "secret-key") }}
{{ include "matih-ml.env" (list "AWS_DEFAULT_REGION" .Values.objectStore.region) }}
{{ include "matih-ml.env" (list "AWS_REGION" .Values.objectStore.region) }}
{{ include "matih-ml.env" (list "AWS_EC2_METADATA_DISABLED" "true") }}
{{- end -}}

{{/* The same store in the words of our own programs. */}}
{{- define "matih-ml.s3.env" -}}
{{ include "matih-ml.env" (list "S3_ENDPOINT" (include "matih-ml.objectStore.url" .)) }}
{{ include "matih-ml.secretEnv" (list "S3_ACCESS_KEY" .Values.objectStore.existingSecret "access-key") }}
{{ include "matih-ml.secretEnv" (list "S3_SECRET_KEY" .Values.objectStore.existingSecret "secret-key") }}
{{ include "matih-ml.env" (list "S3_REGION" .Values.objectStore.region) }}
{{- end -}}
