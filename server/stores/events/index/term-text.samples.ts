// Buckets of words for the tests of how they are packed and found.
const encoder = new TextEncoder()
/** A bucket as it is before it is packed. */
export const bytesOf = (words: readonly string[]) => encoder.encode(`\n${words.join('\n')}\n`)

/** Words of every kind of end: none, short, odd and even digits, the whole word, the longest. */
export const WORDS: readonly (readonly string[])[] = [
  ['powershell'],
  ['c0ffee1'],
  ['a', '0', 'ff', 'fff'],
  ['11fd02eb', 'bb2aafde', '11fd02ebbb2aafded6a3deecf5ce2edf', 'deadbee'],
  ['forcev1bb2aafde', 'user12345', 'user123456', 'x_0000001', 'facebook', 'decade'],
  ['feedback', 'deadbeefx', 'zdeadbeefq77'],
  ['straße00ff00', 'ü', '日本abcdef', 'é1234567'],
  ['f'.repeat(256), `z${'0'.repeat(255)}`, 'g'.repeat(256)],
]
