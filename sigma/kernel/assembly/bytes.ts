// Bytes compared.

/** Whether bytes are equal; 16 bytes behind both can be read. */
export function isEqual(a: usize, b: usize, length: usize): bool {
  let at: usize = 0
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false
  if (at === length) return true
  const rest = (8 - (length - at)) << 3
  return load<u64>(a + at) << rest === load<u64>(b + at) << rest
}

/** A capital ASCII letter as its small one. */
export function folded(byte: u8): u8 {
  return byte - 0x41 <= 25 ? byte + 0x20 : byte
}
