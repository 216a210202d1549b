// Typed calls between the main thread and its workers. A worker serves a table of async functions; the
// other side gets an object of the same functions. Errors cross with their code. Buffers named in
// `transfer` move instead of being copied.

/** Functions that a worker answers. */
// biome-ignore lint/suspicious/noExplicitAny: the table's own types are kept by `Client`
export type Handlers = Record<string, (...args: any[]) => unknown>

/** The same functions, seen from the other side. */
export type Client<T extends Handlers> = {
  readonly [name in keyof T]: (
    ...args: Parameters<T[name]>
  ) => Promise<Awaited<ReturnType<T[name]>>>
}

interface Call {
  readonly call: number
  readonly name: string
  readonly args: readonly unknown[]
}
interface Answer {
  readonly answer: number
  readonly value?: unknown
  readonly error?: { readonly code: string; readonly message: string; readonly stack?: string }
}
interface Notice {
  readonly notice: string
  readonly value: unknown
}
type Message = Call | Answer | Notice

/** An error that happened in a worker. */
export class WorkerError extends Error {
  readonly code: string

  constructor(code: string, message: string, stack?: string) {
    super(message)
    this.code = code
    if (stack !== undefined) this.stack = stack
  }
}

/** Answers calls that arrive at this worker. Returns a function that sends a notice to the other side. */
export function serve(handlers: Handlers): (notice: string, value: unknown) => void {
  const scope = globalThis as unknown as Worker
  scope.onmessage = async (message: MessageEvent<Message>) => {
    const data = message.data
    if (!('call' in data)) return
    const handler = handlers[data.name]
    try {
      if (handler === undefined) throw new WorkerError('no-such-call', `no call ${data.name}`)
      const value = await handler(...data.args)
      scope.postMessage({ answer: data.call, value } satisfies Answer)
    } catch (error) {
      scope.postMessage({ answer: data.call, error: describe(error) } satisfies Answer)
    }
  }
  return (notice, value) => scope.postMessage({ notice, value } satisfies Notice)
}

function describe(error: unknown): NonNullable<Answer['error']> {
  if (!(error instanceof Error)) return { code: 'internal', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
  return { code, message: error.message, ...(error.stack ? { stack: error.stack } : {}) }
}

/** One connection to a worker. */
export interface Connection<T extends Handlers> {
  readonly client: Client<T>
  readonly worker: Worker
  on(notice: string, listener: (value: never) => void): void
  terminate(): void
}

/**
 * Starts `script` as a worker and connects to what it serves. `onCrash` hears of an uncaught error. `smol`: it
 * collects its garbage early.
 */
export function connect<T extends Handlers>(
  script: URL,
  name: string,
  onCrash: (error: Error) => void,
  options: { readonly smol?: boolean } = {},
): Connection<T> {
  const worker = new Worker(script, { ...options, name })
  const waiting = new Map<number, { resolve: (v: unknown) => void; reject: (e: Error) => void }>()
  const listeners = new Map<string, ((value: never) => void)[]>()
  let calls = 0
  let crash: Error | undefined

  worker.onmessage = (message: MessageEvent<Message>) => {
    const data = message.data
    if ('notice' in data) {
      for (const listener of listeners.get(data.notice) ?? []) listener(data.value as never)
    } else if ('answer' in data) {
      const call = waiting.get(data.answer)
      waiting.delete(data.answer)
      if (data.error === undefined) call?.resolve(data.value)
      else call?.reject(new WorkerError(data.error.code, data.error.message, data.error.stack))
    }
  }
  worker.onerror = (event) => {
    const error = new WorkerError('worker-crashed', `${name} worker: ${event.message}`)
    crash = error
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
    onCrash(error)
  }

  const client = new Proxy({} as Client<T>, {
    get: (_, method: string) =>
      method === 'then'
        ? undefined
        : (...args: unknown[]) =>
            new Promise((resolve, reject) => {
              // It would never answer.
              if (crash !== undefined) return reject(crash)
              const call = ++calls
              waiting.set(call, { resolve, reject })
              const transfer = args.flatMap((a) => (isTransferable(a) ? [a.body.buffer] : []))
              worker.postMessage({ call, name: method, args } satisfies Call, transfer)
            }),
  })

  return {
    client,
    worker,
    on: (notice, listener) =>
      void listeners.set(notice, [...(listeners.get(notice) ?? []), listener]),
    terminate: () => worker.terminate(),
  }
}

/** A request whose `body` may be moved: it is the whole of its buffer. */
function isTransferable(value: unknown): value is { body: Uint8Array<ArrayBuffer> } {
  if (typeof value !== 'object' || value === null || !('body' in value)) return false
  const body = value.body
  return body instanceof Uint8Array && body.byteLength === body.buffer.byteLength
}
