// What a proxy's URL says, under the names of Sigma's proxy rules.
import { hostOfUrl, put, type WritableFields, type WritablePivots } from '../device/event.ts'

/** Sets the fields and columns of a URL as the client asked for it; `host:443` of a tunnel is one too. */
export function addUrl(fields: WritableFields, pivots: WritablePivots, url: string): void {
  put(fields, 'c-uri', url)
  put(fields, 'cs-uri', url)
  if (url === '' || url === '-') return
  pivots.url = url
  const host = hostOfUrl(url)
  if (host !== undefined) {
    pivots.domain = host
    fields['cs-host'] = host
    fields['r-dns'] = host
  }
  const port = portIn(url)
  if (port !== undefined) fields.dst_port = port
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  if (query >= 0) fields['c-uri-query'] = url.slice(query + 1)
  const stem = path.replace(/^[a-z]{2,10}:\/\/[^/]*/, '')
  if (stem !== '' && stem !== path) {
    fields['c-uri-stem'] = stem
    fields['cs-uri-stem'] = stem
  }
  const extension = /\.([A-Za-z0-9]{1,12})$/.exec(stem === path ? '' : stem.slice(-16))?.[1]
  if (extension !== undefined) fields['c-uri-extension'] = extension
}

function portIn(url: string): string | undefined {
  const authority = /^(?:[a-z]{2,10}:\/\/)?[^/?#]{1,300}/.exec(url.slice(0, 320))?.[0] ?? ''
  const port = /:(\d{1,5})$/.exec(authority)?.[1]
  if (port !== undefined) return port
  if (url.startsWith('http://')) return '80'
  return url.startsWith('https://') ? '443' : undefined
}
