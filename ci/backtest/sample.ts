// An even sample of a stream whose length nobody knows.

/** Keeps every nth item, n growing as needed so that at most `max` are held. */
export function createSample<T>(max: number): { add(item: T): void; items(): readonly T[] } {
  let kept: T[] = []
  let every = 1
  let seen = 0
  return {
    add: (item) => {
      if (seen++ % every !== 0) return
      if (kept.length === max) {
        kept = kept.filter((_, i) => i % 2 === 0)
        every *= 2
        if ((seen - 1) % every !== 0) return
      }
      kept.push(item)
    },
    items: () => kept,
  }
}
