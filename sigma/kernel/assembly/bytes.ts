// Bytes compared and hashed; 16 bytes behind them can be read.

/** Whether bytes are equal. */
export function isEqual(a: usize, b: usize, length: usize): bool {
  let at: usize = 0
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false
  if (at === length) return true
  const rest = (8 - (length - at)) << 3
  return load<u64>(a + at) << rest === load<u64>(b + at) << rest
}

const HASH_STEP: u64 = 0x9e3779b97f4a7c15

function mixed(hash: u64, word: u64): u64 {
  const next = (hash ^ word) * HASH_STEP
  return next ^ (next >> 32)
}

/** Equal for equal bytes. */
export function hashOf(start: usize, end: usize): i32 {
  let hash: u64 = mixed(0, end - start)
  let at = start
  for (; at + 8 <= end; at += 8) hash = mixed(hash, load<u64>(at))
  if (at < end) hash = mixed(hash, load<u64>(at) << ((8 - (end - at)) << 3))
  return <i32>(hash ^ (hash >> 29))
}

/** A capital ASCII letter as its small one. */
export function folded(byte: u8): u8 {
  return byte - 0x41 <= 25 ? byte + 0x20 : byte
}
