// Acknowledgements of HEC: an answer is given after the commit, so every number handed out is true at once.
// Kept in memory by channel; a number that was asked for once is forgotten, as in Splunk.

/** Channels remembered; the one used longest ago is forgotten first. */
export const CHANNELS_MAX = 1024
/** Numbers of a channel that nobody has asked for, at most. */
export const ACKS_PER_CHANNEL_MAX = 10_000

export interface Acks {
  /** The number of a batch that is committed. */
  add(channel: string): number
  /** Whether each number is committed and was not asked for before. */
  take(channel: string, numbers: readonly number[]): Readonly<Record<string, boolean>>
}

interface Channel {
  next: number
  readonly open: Set<number>
}

/** Acknowledgements of one server. */
export function createAcks(): Acks {
  const channels = new Map<string, Channel>()

  function channelOf(name: string): Channel {
    const channel = channels.get(name) ?? { next: 0, open: new Set<number>() }
    channels.delete(name)
    channels.set(name, channel)
    const oldest = channels.keys().next().value
    if (channels.size > CHANNELS_MAX && oldest !== undefined) channels.delete(oldest)
    return channel
  }

  return {
    add(name) {
      const channel = channelOf(name)
      const number = channel.next++
      channel.open.add(number)
      if (channel.open.size > ACKS_PER_CHANNEL_MAX) {
        const [first] = channel.open
        channel.open.delete(first!)
      }
      return number
    },
    take(name, numbers) {
      const { open } = channelOf(name)
      return Object.fromEntries(numbers.map((number) => [String(number), open.delete(number)]))
    },
  }
}
