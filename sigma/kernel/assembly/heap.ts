// Memory taken by the kernel itself: what is taken stays until the kernel is dropped.

const PAGE_BYTES: usize = 65_536
/** What may be read behind anything. */
const SLACK_BYTES: usize = 16
/** Added at once, so that not every small piece makes memory grow. */
const GROWTH_BYTES: usize = 1024 * 1024

let free: usize = 0

/** Memory is free from here on, and holds zeros. */
export function openHeap(start: usize): void {
  free = start
}

/** Where memory is free. */
export function heapEnd(): usize {
  return free
}

/** Room for so many bytes, zeros, at an address that 8 divides. */
export function take(bytes: usize): usize {
  const at = free
  free = (at + bytes + SLACK_BYTES + 7) & ~7
  const missing = <isize>free - <isize>memory.size() * PAGE_BYTES
  if (missing > 0) memory.grow(<i32>((missing + GROWTH_BYTES) / PAGE_BYTES + 1))
  return at
}

export function takeWords(count: usize): usize {
  return take(count << 2)
}
