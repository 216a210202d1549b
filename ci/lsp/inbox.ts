// Messages that wait for the server. A request that is cancelled before its turn is answered as such, not worked on.
import { messageOf } from './shapes.ts'

/** A message, and whether its client no longer wants the answer. */
export interface Waiting {
  readonly text: string
  readonly isCancelled: boolean
}

export interface Inbox {
  put(text: string): void
  /** The stream has ended: what waits is still taken, then nothing. */
  end(): void
  /** Resolves with the next message, or undefined after the last. */
  take(): Promise<Waiting | undefined>
}

export function createInbox(): Inbox {
  const queue: { readonly text: string; readonly id: unknown; isCancelled: boolean }[] = []
  let isEnded = false
  let wake: (() => void) | undefined
  return {
    put(text) {
      const { id, method, params } = messageOf(text) ?? {}
      if (method === '$/cancelRequest') {
        const own = queue.find((one) => one.id !== undefined && one.id === params?.id)
        if (own !== undefined) own.isCancelled = true
        return
      }
      queue.push({ text, id: method === undefined ? undefined : id, isCancelled: false })
      wake?.()
    },
    end() {
      isEnded = true
      wake?.()
    },
    async take() {
      // What has arrived meanwhile is read first: a cancellation may be among it.
      await new Promise((resolve) => setImmediate(resolve))
      while (queue.length === 0 && !isEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return queue.shift()
    },
  }
}
