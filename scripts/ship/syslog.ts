#!/usr/bin/env bun
// Forwards syslog: listens on UDP and TCP where the senders are, and ships over HTTP to the server.
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { sendBatch } from '../../ci/send/client.ts'
import { type SyslogListeners, startSyslog } from '../../server/syslog/listen.ts'
import { toBody } from './lines.ts'
import { logLine, runShipper, SHARED_OPTIONS, SHARED_USAGE, targetOf } from './options.ts'

export const usage = `usage: bun scripts/ship/syslog.ts [--udp HOST:PORT] [--tcp HOST:PORT] [options]
  --udp HOST:PORT  listen for datagrams (0.0.0.0:5140)
  --tcp HOST:PORT  listen for streams, newline or octet-counted framing
${SHARED_USAGE}
While the server is away up to 50,000 lines wait in memory; then TCP senders are held back and datagrams
are dropped and counted.`

/** How long a stopping forwarder tries to hand over what waits, milliseconds. */
const DRAIN_MS = 10_000

/** Starts forwarding; the caller stops it. */
export async function startForwarder(
  args: readonly string[],
  signal: AbortSignal,
): Promise<SyslogListeners> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...SHARED_OPTIONS, udp: { type: 'string' }, tcp: { type: 'string' } },
  })
  if (values.udp === undefined && values.tcp === undefined) {
    throw new UsageError('say where to listen: --udp HOST:PORT or --tcp HOST:PORT')
  }
  const { target, label } = targetOf({ ...values, 'log-type': values['log-type'] ?? 'syslog' })
  const lines = async (batch: readonly string[]) => {
    const body = toBody(batch, label)
    if (body === '') return { accepted: 0, unparsed: 0, batch: '', errors: [] }
    return await sendBatch(target, body, `syslog-${crypto.randomUUID()}`, {
      signal,
      onWait: (pause_ms, reason) =>
        logLine(`syslog: ${reason}; next try in ${(pause_ms / 1000).toFixed(1)} s`),
    })
  }
  return await startSyslog(
    {
      syslogUdp: listenAt('--udp', values.udp),
      syslogTcp: listenAt('--tcp', values.tcp),
      syslogTls: undefined,
      tlsCert: undefined,
      tlsKey: undefined,
    },
    { lines },
  )
}

function listenAt(
  option: string,
  value: string | undefined,
): { readonly host: string; readonly port: number } | undefined {
  if (value === undefined) return undefined
  const colon = value.lastIndexOf(':')
  const port = Number(value.slice(colon + 1))
  const host = value.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, '$1')
  if (host === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`${option} ${value}: not HOST:PORT`)
  }
  return { host, port }
}

if (import.meta.main) {
  await runShipper('syslog', usage, async (signal) => {
    const args = process.argv.slice(2)
    if (args.includes('--help') || args.includes('-h')) return console.log(usage)
    const ended = new AbortController()
    const listeners = await startForwarder(args, ended.signal)
    for (const address of listeners.addresses) logLine(`listening on ${address}`)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    setTimeout(() => ended.abort(), DRAIN_MS).unref()
    await listeners.stop()
    if (listeners.dropped() > 0) logLine(`${listeners.dropped()} datagrams were dropped`)
  })
}
