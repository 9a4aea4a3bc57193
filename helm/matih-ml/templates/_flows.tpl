{{/*
Who may talk to whom, once and for all. Everything else is refused in both directions.

A row: from, to, ports; no ports: all of them. Names are components of this release, or:
  people      whoever calls the door            monitoring  the scraper
  operator    the KubeRay operator              jobs        Ray pods in the tenants' namespaces
  kubernetes  the API server                    internet    addresses outside of the cluster
  receivers   of webhooks, at public addresses
  online-store  the Redis with online values, if there is one
A part that is yours instead of ours is reached at its external address.
*/}}
{{- define "matih-ml.flows" -}}
{{- $management := int .Values.defaults.managementPort -}}
{{- $postgresql := include "matih-ml.postgresql.port" . -}}
{{- $store := include "matih-ml.urlPort" (include "matih-ml.objectStore.url" .) -}}
{{- $mlflow := include "matih-ml.urlPort" (include "matih-ml.mlflow.url" .) -}}
{{- $feast := include "matih-ml.urlPort" (include "matih-ml.feast.url" .) -}}
{{- $ray := include "matih-ml.ray.url" . -}}
# The door, and what stands behind it.
- {from: people, to: ml-api, ports: [8000]}
- {from: test, to: ml-api, ports: [8000]}
- {from: ml-api, to: training-orchestrator, ports: [8001]}
- {from: ml-api, to: model-registry-gateway, ports: [8002]}
- {from: ml-api, to: feature-gateway, ports: [8003, 8006]}
- {from: ml-api, to: serving-router, ports: [8004, 8005]}
- {from: ml-api, to: postgresql, ports: [{{ $postgresql }}]}
- {from: ml-api, to: mlflow, ports: [{{ $mlflow }}]}
# The door only asks these three whether they are there.
{{- with $ray }}
- {from: ml-api, to: ray, ports: [{{ include "matih-ml.urlPort" . }}]}
{{- end }}
- {from: ml-api, to: feast, ports: [{{ $feast }}]}
- {from: ml-api, to: object-store, ports: [{{ $store }}]}
{{- if .Values.auth.oidc.issuer }}
- {from: ml-api, to: internet, ports: [443]}
{{- end }}
# Training.
- {from: training-orchestrator, to: postgresql, ports: [{{ $postgresql }}]}
- {from: training-orchestrator, to: object-store, ports: [{{ $store }}]}
- {from: training-orchestrator, to: ml-api, ports: [8000]}
- {from: training-orchestrator, to: model-registry-gateway, ports: [8002]}
- {from: training-orchestrator, to: feature-gateway, ports: [8003]}
{{- if not .Values.ray.jobs.enabled }}
- {from: training-orchestrator, to: ray, ports: [{{ include "matih-ml.urlPort" $ray }}]}
{{- else }}
# It talks to the API server only; the operator talks to the jobs.
- {from: training-orchestrator, to: kubernetes, ports: [443, 6443]}
- {from: jobs, to: ml-api, ports: [8000]}
- {from: jobs, to: object-store, ports: [{{ $store }}]}
{{- end }}
# Registry.
- {from: model-registry-gateway, to: postgresql, ports: [{{ $postgresql }}]}
- {from: model-registry-gateway, to: object-store, ports: [{{ $store }}]}
- {from: model-registry-gateway, to: mlflow, ports: [{{ $mlflow }}]}
- {from: model-registry-gateway, to: training-orchestrator, ports: [8001]}
- {from: model-registry-gateway, to: serving-router, ports: [8004, 8005]}
{{- with .Values.webhooks.egress }}
{{- if .enabled }}
- {from: model-registry-gateway, to: receivers, ports: {{ toJson .ports }}}
{{- end }}
{{- end }}
# Features.
- {from: people, to: feature-gateway, ports: [8006]}
- {from: feature-gateway, to: ml-api, ports: [8000]}
- {from: feature-gateway, to: postgresql, ports: [{{ $postgresql }}]}
- {from: feature-gateway, to: feast, ports: [{{ $feast }}]}
- {from: feature-gateway, to: training-orchestrator, ports: [8001]}
{{- $online := .Values.feast.onlineStore }}
{{- if eq $online.type "redis" }}
{{- $redis := include "matih-ml.urlPort" $online.redis.url }}
- {from: feature-gateway, to: online-store, ports: [{{ $redis }}]}
{{- if .Values.feast.enabled }}
- {from: feast, to: online-store, ports: [{{ $redis }}]}
{{- end }}
{{- end }}
# Serving.
- {from: people, to: serving-router, ports: [8005, 8007]}
- {from: serving-router, to: ml-api, ports: [8000]}
- {from: serving-router, to: postgresql, ports: [{{ $postgresql }}]}
- {from: serving-router, to: object-store, ports: [{{ $store }}]}
- {from: serving-router, to: model-registry-gateway, ports: [8002]}
- {from: serving-router, to: feature-gateway, ports: [8006]}
- {from: serving-router, to: training-orchestrator, ports: [8001]}
{{- with include "matih-ml.ray.serveUrl" . }}
- {from: serving-router, to: ray, ports: [{{ include "matih-ml.urlPort" $ray }}, {{ include "matih-ml.urlPort" . }}]}
{{- end }}
{{- if .Values.triton.enabled }}
- {from: serving-router, to: triton, ports: [8000, 8001]}
- {from: triton, to: object-store, ports: [{{ $store }}]}
{{- end }}
{{- if .Values.setup.enabled }}
- {from: setup, to: postgresql, ports: [{{ $postgresql }}]}
- {from: setup, to: object-store, ports: [{{ $store }}]}
{{- end }}
# Engines.
{{- if .Values.mlflow.enabled }}
- {from: mlflow, to: postgresql, ports: [{{ $postgresql }}]}
- {from: mlflow, to: object-store, ports: [{{ $store }}]}
{{- end }}
{{- if .Values.feast.enabled }}
- {from: feast, to: postgresql, ports: [{{ $postgresql }}]}
- {from: feast, to: object-store, ports: [{{ $store }}]}
{{- end }}
{{- if .Values.ray.enabled }}
# Ray's own processes choose their ports among themselves.
- {from: ray, to: ray, ports: []}
- {from: ray, to: ml-api, ports: [8000]}
- {from: ray, to: object-store, ports: [{{ $store }}]}
- {from: operator, to: ray, ports: [8265]}
{{- if .Values.ray.autoscaling.enabled }}
- {from: ray, to: kubernetes, ports: [443, 6443]}
{{- end }}
{{- if .Values.ray.gcsFaultTolerance.enabled }}
- {from: ray, to: internet, ports: [{{ regexFind "[0-9]+$" .Values.ray.gcsFaultTolerance.redisAddress }}]}
{{- end }}
{{- end }}
{{- if .Values.monitoring.enabled }}
# Metrics.
{{- range $name := keys (include "matih-ml.services" . | fromYaml) | sortAlpha }}
- {from: monitoring, to: {{ $name }}, ports: [{{ $management }}]}
{{- end }}
{{- if .Values.ray.enabled }}
- {from: monitoring, to: ray, ports: [8080]}
{{- end }}
{{- if .Values.triton.enabled }}
- {from: monitoring, to: triton, ports: [8002]}
{{- end }}
{{- end }}
{{- end -}}

{{/* Components of this release that have pods. */}}
{{- define "matih-ml.components" -}}
{{- $names := keys (include "matih-ml.services" . | fromYaml) | sortAlpha -}}
{{- range $part, $enabled := dict "postgresql" .Values.postgresql.enabled "object-store" .Values.objectStore.enabled "mlflow" .Values.mlflow.enabled "feast" .Values.feast.enabled "ray" .Values.ray.enabled "triton" .Values.triton.enabled "setup" .Values.setup.enabled "test" true -}}
{{- if $enabled }}{{ $names = append $names $part }}{{ end -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}

{{/* Addresses outside of the cluster, as far as the operator limits them: (cidrs). */}}
{{- define "matih-ml.cidrs" -}}
{{- range . | default (list "0.0.0.0/0" "::/0") }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/*
The public Internet, without the addresses that the registry refuses too (TargetRules; a test compares them), and networks
that the operator opens. What is private, link-local, mapped or translated in IPv6 lies outside of 2000::/3.
*/}}
{{- define "matih-ml.receivers" -}}
{{- $four := list "0.0.0.0/8" "10.0.0.0/8" "100.64.0.0/10" "127.0.0.0/8" "169.254.0.0/16" "172.16.0.0/12" "192.0.0.0/24" "192.0.2.0/24" "192.88.99.0/24" "192.168.0.0/16" "198.18.0.0/15" "198.51.100.0/24" "203.0.113.0/24" "224.0.0.0/4" "240.0.0.0/4" -}}
{{- $six := list "2001::/23" "2001:db8::/32" "2002::/16" "3fff::/20" -}}
{{- range .except -}}
{{- if not (contains ":" .) }}{{ $four = append $four . -}}
{{- /* Kubernetes refuses an exception from what is not there. */ -}}
{{- else if regexMatch "^[23][0-9a-fA-F]{3}:" . }}{{ $six = append $six . }}{{ end -}}
{{- end }}
- ipBlock: {cidr: 0.0.0.0/0, except: {{ $four | uniq | toJson }}}
- ipBlock: {cidr: "2000::/3", except: {{ $six | uniq | toJson }}}
{{- range .networks }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/* The other end of a flow as network policy peers: (list root name). Empty: anybody. */}}
{{- define "matih-ml.peers" -}}
{{- $root := first . -}}
{{- $name := last . -}}
{{- $policy := $root.Values.networkPolicy -}}
{{- if has $name (include "matih-ml.components" $root | fromYamlArray) }}
- podSelector:
    matchLabels:
      {{- include "matih-ml.selector" (list $root $name) | nindent 6 }}
{{- else if eq $name "jobs" }}
- namespaceSelector:
    matchLabels:
      matih.ai/platform: {{ $root.Release.Namespace }}
  podSelector:
    matchExpressions:
      - {key: ray.io/cluster, operator: Exists}
{{- else if eq $name "operator" }}
{{- toYaml $policy.operator | nindent 0 }}
{{- else if eq $name "people" }}
{{- with $policy.people }}{{ toYaml . | nindent 0 }}{{ end }}
{{- else if eq $name "monitoring" }}
{{- toYaml $policy.monitoring | nindent 0 }}
{{- else if eq $name "kubernetes" }}
{{- include "matih-ml.cidrs" $policy.kubernetesCidrs }}
{{- else if eq $name "internet" }}
{{- include "matih-ml.cidrs" $policy.internetCidrs }}
{{- else if eq $name "receivers" }}
{{- include "matih-ml.receivers" $root.Values.webhooks.egress }}
{{- else if eq $name "postgresql" }}
{{- include "matih-ml.cidrs" $root.Values.postgresql.external.cidrs }}
{{- else if eq $name "object-store" }}
{{- include "matih-ml.cidrs" $root.Values.objectStore.external.cidrs }}
{{- else if eq $name "mlflow" }}
{{- include "matih-ml.cidrs" $root.Values.mlflow.external.cidrs }}
{{- else if eq $name "feast" }}
{{- include "matih-ml.cidrs" $root.Values.feast.external.cidrs }}
{{- else if eq $name "online-store" }}
{{- include "matih-ml.cidrs" $root.Values.feast.onlineStore.redis.cidrs }}
{{- else if eq $name "ray" }}
{{- include "matih-ml.cidrs" $root.Values.ray.external.cidrs }}
{{- else }}
{{- fail (printf "the flows name an unknown end %s" $name) }}
{{- end }}
{{- end -}}

{{/* One rule: (list root flow "from"|"to"). */}}
{{- define "matih-ml.rule" -}}
{{- $flow := index . 1 -}}
{{- $end := index . 2 -}}
{{- $peers := include "matih-ml.peers" (list (index . 0) (get $flow $end)) | trim -}}
{{- $rule := dict -}}
{{- if $peers }}{{ $_ := set $rule $end (fromYamlArray $peers) }}{{ end -}}
{{- $ports := list -}}
{{- range $flow.ports }}{{ $ports = append $ports (dict "port" (int .) "protocol" "TCP") }}{{ end -}}
{{- if $ports }}{{ $_ := set $rule "ports" $ports }}{{ end -}}
{{- toYaml (list $rule) -}}
{{- end -}}
