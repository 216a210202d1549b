// dnsmasq's queries and answers, under the names of Sigma's category `dns`.
import { put, type WritableFields, type WritablePivots } from '../device/event.ts'

/** `query[A] example.org from 192.0.2.9`, perhaps with a serial number and the client's address in front. */
const QUERY =
  /^(?:\d{1,10} [\da-fA-F.:]{2,45}\/\d{1,5} )?query\[([\w=]{1,24})\] (\S{1,255}) from ([\da-fA-F.:]{2,45})/
/** `reply example.org is 192.0.2.1`, `cached ..`, `forwarded example.org to 192.0.2.53`. */
const ANSWER =
  /^(?:\d{1,10} ([\da-fA-F.:]{2,45})\/\d{1,5} )?(reply|cached|config|forwarded|gravity blocked|blocked) (\S{1,255}) (is|to) (\S{1,255})/

/** Adds what a message says of a question or its answer. */
export function addDnsmasq(message: string, fields: WritableFields, pivots: WritablePivots): void {
  const query = QUERY.exec(message)
  if (query !== null) {
    put(fields, 'record_type', query[1])
    put(fields, 'src_ip', query[3])
    pivots.src_ip ??= query[3]!
    addQuestion(query[2]!, 'query', fields, pivots)
    return
  }
  const answer = ANSWER.exec(message)
  if (answer === null) return
  const [, client, what = '', name = '', verb, value] = answer
  if (client !== undefined) {
    put(fields, 'src_ip', client)
    pivots.src_ip ??= client
  }
  put(fields, verb === 'is' ? 'answer' : 'dst_ip', value)
  addQuestion(name, what, fields, pivots)
}

function addQuestion(
  name: string,
  action: string,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  put(fields, 'query', name)
  pivots.domain = name
  pivots.action = action
}
