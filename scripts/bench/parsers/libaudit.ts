// go-libaudit's golden files: each audit record, decoded.
import { join, relative } from 'node:path'
import type { Case, Expected, Suite } from './case.ts'
import { filesBelow, jsonOf, linesOf } from './files.ts'

interface Golden {
  readonly '@timestamp'?: string
  readonly error?: string
  readonly raw_msg?: string
  readonly record_type?: string
  readonly data?: Readonly<Record<string, string>>
}

const SUFFIX = '.golden'

export const libaudit: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const path of await filesBelow(join(corpus, 'go-libaudit/auparse'), SUFFIX)) {
    const log = path.slice(0, -SUFFIX.length)
    const lines = ((await linesOf(log)) ?? []).filter(({ text }) => text.trim() !== '')
    const golden = await jsonOf<readonly (Golden | null)[]>(path)
    golden.forEach((record, index) => {
      const line = lines[index]
      if (line === undefined || record?.raw_msg === undefined) return
      if (!line.text.includes(record.raw_msg.slice(0, 40))) return
      cases.push({
        source: 'auditd',
        file: relative(corpus, log),
        line: line.number,
        text: line.text,
        timeZone: 'UTC',
        expected: expectedOf(record),
      })
    })
  }
  return cases
}

function expectedOf(record: Golden): Expected {
  const { data = {} } = record
  const time = record['@timestamp']
  const process = [data.exe, data.comm].filter((value) => value !== undefined)
  const { acct, result } = data
  // The address of a system call whose record is not there may be either side's.
  const addr = record.record_type === 'sockaddr' ? undefined : data.addr
  return {
    ...(time === undefined ? {} : { timestamp: [time] }),
    ...(process.length === 0 ? {} : { process }),
    ...(acct === undefined ? {} : { user: [acct] }),
    ...(addr === undefined || addr === '?' || !/^[\d.]+$/.test(addr) ? {} : { src_ip: [addr] }),
    ...(result === undefined ? {} : { outcome: [result === 'success' ? 'success' : 'failure'] }),
  }
}
