// Configurations for senders people already run, ready to copy, with the address and the key in place.

export interface Recipe {
  readonly id: string
  readonly title: string
  readonly language: 'shell' | 'yaml' | 'toml' | 'ini'
  readonly note: string
  readonly text: string
}

export interface RecipeInput {
  /** Address of this server as the browser sees it, without a slash at the end. */
  readonly origin: string
  readonly key: string
  /** The source's label. */
  readonly name: string
}

/** One recipe per sender. */
export function recipes(input: RecipeInput): readonly Recipe[] {
  return [curl(input), filebeat(input), vector(input), fluentBit(input)]
}

function sourceQuery(name: string): string {
  return `source=${encodeURIComponent(name)}`
}

function curl({ origin, key, name }: RecipeInput): Recipe {
  return {
    id: 'curl',
    title: 'curl',
    language: 'shell',
    note: 'One JSON object a line, or plain log lines. Answers 200 once it is safely stored.',
    text: `curl -sS '${origin}/ingest?${sourceQuery(name)}' \\
  -H 'x-api-key: ${key}' \\
  -H 'content-type: application/x-ndjson' \\
  --data-binary @/var/log/app.ndjson`,
  }
}

function filebeat({ origin, key, name }: RecipeInput): Recipe {
  const url = new URL(origin)
  return {
    id: 'filebeat',
    title: 'Filebeat',
    language: 'yaml',
    note: 'Through the Elasticsearch output: Trapline answers _bulk.',
    text: `filebeat.inputs:
  - type: filestream
    id: ${JSON.stringify(name)}
    paths: ['/var/log/*.log']
    fields: { source: ${JSON.stringify(name)} }
    fields_under_root: true
setup.template.enabled: false
setup.ilm.enabled: false
output.elasticsearch:
  hosts: ['${url.protocol}//${url.host}']
  allow_older_versions: true
  bulk_max_size: 1600
  headers: { x-api-key: '${key}' }
`,
  }
}

function vector({ origin, key, name }: RecipeInput): Recipe {
  return {
    id: 'vector',
    title: 'Vector',
    language: 'toml',
    note: 'Vector waits for the answer before it forgets a batch.',
    text: `[sources.files]
type = "file"
include = ["/var/log/*.log"]

[sinks.trapline]
type = "http"
inputs = ["files"]
uri = "${origin}/ingest?${sourceQuery(name)}"
method = "post"
compression = "gzip"
encoding.codec = "json"
framing.method = "newline_delimited"
acknowledgements.enabled = true

[sinks.trapline.request.headers]
x-api-key = "${key}"
`,
  }
}

function fluentBit({ origin, key, name }: RecipeInput): Recipe {
  const url = new URL(origin)
  const tls = url.protocol === 'https:'
  return {
    id: 'fluent-bit',
    title: 'Fluent Bit',
    language: 'ini',
    note: 'The http output, one JSON object a line.',
    text: `[INPUT]
    Name  tail
    Path  /var/log/*.log
    Tag   logs

[OUTPUT]
    Name    http
    Match   *
    Host    ${url.hostname}
    Port    ${url.port || (tls ? '443' : '80')}
    tls     ${tls ? 'On' : 'Off'}
    URI     /ingest?${sourceQuery(name)}
    Format  json_lines
    Header  x-api-key ${key}
`,
  }
}
