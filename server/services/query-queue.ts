// Hands calls to the query workers, one at a time each, the most urgent first: rows that someone waits for
// before counts, counts before charts, charts before facets, facets whose values are counted one by one after
// the others, and all of them before long work.

/** What waits for what. */
export const URGENCIES = [
  'rows',
  'count',
  'histogram',
  'facet',
  'slow facet',
  'background',
] as const
export type Urgency = (typeof URGENCIES)[number]

interface Waiting<Worker> {
  readonly urgency: Urgency
  /** Never rejects. */
  start(worker: Worker): Promise<void>
}

export interface QueryQueue<Worker> {
  /** Runs `work` once a worker is free for it. */
  run<T>(urgency: Urgency, work: (worker: Worker) => Promise<T>): Promise<T>
}

/** A queue before these workers; where there are several, one is kept free for rows. */
export function createQueryQueue<Worker>(workers: readonly Worker[]): QueryQueue<Worker> {
  const idle = [...workers]
  const others_max = Math.max(1, workers.length - 1)
  let others = 0
  /** In order of arrival. */
  const waiting: Waiting<Worker>[] = []

  const next = (): Waiting<Worker> | undefined => {
    for (const urgency of URGENCIES) {
      if (urgency !== 'rows' && others >= others_max) return undefined
      const at = waiting.findIndex((one) => one.urgency === urgency)
      if (at >= 0) return waiting.splice(at, 1)[0]
    }
    return undefined
  }

  const startMore = () => {
    while (idle.length > 0) {
      const call = next()
      if (call === undefined) return
      const worker = idle.pop()!
      if (call.urgency !== 'rows') others++
      void call.start(worker).then(() => {
        if (call.urgency !== 'rows') others--
        idle.push(worker)
        startMore()
      })
    }
  }

  return {
    run: (urgency, work) =>
      new Promise((resolve, reject) => {
        const start = async (worker: Worker) => {
          try {
            resolve(await work(worker))
          } catch (error) {
            reject(error)
          }
        }
        waiting.push({ urgency, start })
        startMore()
      }),
  }
}
