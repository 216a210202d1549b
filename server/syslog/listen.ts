// Syslog listeners (I3): UDP, TCP and TLS into one queue before ingest.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Listen, Settings } from '../config.ts'
import type { IngestService } from '../services/services.ts'
import { type Batcher, createBatcher } from './batcher.ts'
import { createFraming } from './framing.ts'

/** Label of what arrives by syslog; the format of each line is recognised. */
export const SYSLOG_SOURCE = 'syslog'
/** Connections over all listeners of one kind. */
const CONNECTIONS_MAX = 1_000
/** A connection whose message stays unfinished this long is closed, milliseconds. */
export const UNFINISHED_MAX_MS = 60_000
/** A connection that sends nothing this long is closed, milliseconds. */
const IDLE_MAX_MS = 3_600_000
/** What the kernel keeps of datagrams while the process is busy, bytes. */
const UDP_BUFFER_BYTES = 8 * 1024 * 1024

export interface SyslogListeners {
  /** Bound addresses, `udp 0.0.0.0:5140`. */
  readonly addresses: readonly string[]
  /** Datagrams that found the queue full. */
  dropped(): number
  /** Stops listening and hands over what was received. */
  stop(): Promise<void>
}

type SyslogSettings = Pick<Settings, 'syslogUdp' | 'syslogTcp' | 'syslogTls' | 'tlsCert' | 'tlsKey'>

/** Opens the listeners that are configured. Rejects when an address cannot be bound. */
export async function startSyslog(
  settings: SyslogSettings,
  ingest: Pick<IngestService, 'lines'>,
): Promise<SyslogListeners> {
  const batcher = createBatcher((lines) => ingest.lines(lines, SYSLOG_SOURCE))
  const addresses: string[] = []
  const stops: (() => Promise<void>)[] = []
  let dropped = 0
  const { syslogUdp, syslogTcp, syslogTls, tlsCert, tlsKey } = settings
  if (syslogUdp !== undefined) {
    const listener = await listenUdp(syslogUdp, batcher, () => dropped++)
    addresses.push(`udp ${listener.address}`)
    stops.push(listener.stop)
  }
  if (syslogTcp !== undefined) {
    const listener = await listenStream(createServer(), syslogTcp, batcher)
    addresses.push(`tcp ${listener.address}`)
    stops.push(listener.stop)
  }
  if (syslogTls !== undefined && tlsCert !== undefined && tlsKey !== undefined) {
    const server = createTlsServer({ cert: readFileSync(tlsCert), key: readFileSync(tlsKey) })
    const listener = await listenStream(server, syslogTls, batcher, 'secureConnection')
    addresses.push(`tls ${listener.address}`)
    stops.push(listener.stop)
  }
  return {
    addresses,
    dropped: () => dropped,
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()))
      await batcher.drain()
    },
  }
}

interface Listener {
  readonly address: string
  stop(): Promise<void>
}

async function listenUdp(at: Listen, batcher: Batcher, onDrop: () => void): Promise<Listener> {
  const type = at.host.includes(':') ? 'udp6' : 'udp4'
  const socket = createSocket({ type, recvBufferSize: UDP_BUFFER_BYTES })
  const decoder = new TextDecoder()
  socket.on('message', (datagram) => {
    const text = decoder.decode(datagram).replace(/[\r\n\0]+$/, '')
    if (text !== '' && !batcher.push([text])) onDrop()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(at.port, at.host, () => resolve())
  })
  socket.on('error', (error) => console.error(`syslog udp: ${error.message}`))
  return {
    address: `${at.host}:${socket.address().port}`,
    stop: () => new Promise((resolve) => void socket.close(() => resolve())),
  }
}

async function listenStream(
  server: Server,
  at: Listen,
  batcher: Batcher,
  event: 'connection' | 'secureConnection' = 'connection',
): Promise<Listener> {
  const open = new Set<Socket>()
  server.on(event, (socket: Socket) => {
    if (open.size >= CONNECTIONS_MAX) return void socket.destroy()
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    receive(socket, batcher)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, () => resolve())
  })
  server.on('error', (error) => console.error(`syslog tcp: ${error.message}`))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : at.port
  return {
    address: `${at.host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroySoon()
      }),
  }
}

function receive(socket: Socket, batcher: Batcher): void {
  const framing = createFraming()
  let unfinished: Timer | undefined
  const take = (lines: readonly string[]) => {
    if (lines.length === 0 || batcher.push(lines)) return
    socket.pause()
    void batcher.room().then(() => {
      take(lines)
      socket.resume()
    })
  }
  socket.setTimeout(IDLE_MAX_MS, () => socket.destroy())
  socket.on('data', (chunk: Uint8Array) => {
    const lines = framing.push(chunk)
    take(lines)
    if (lines.length > 0 || !framing.pending) {
      clearTimeout(unfinished)
      unfinished = undefined
    }
    if (framing.pending) unfinished ??= setTimeout(() => socket.destroy(), UNFINISHED_MAX_MS)
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(unfinished)
    take(framing.end())
  })
}
