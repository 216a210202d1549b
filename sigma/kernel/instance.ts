// Instances of the compiled kernels.
import { COMPILED_KERNEL } from './compiled.ts'

/** What `assembly/index.ts` exports; numbers of places and addresses. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory
  readonly buildIndex: (literals: number, count: number, singles: number, free: number) => number
  readonly heapEnd: () => number
  readonly cut: (root: number, start: number, end: number, shift: number) => number
  readonly useMemos: (values: number, sets: number, lines: number) => void
  readonly emptyMemos: () => void
  readonly findLine: (plan: number, shift: number, mayNumber: boolean) => number
  readonly goOn: (plan: number, place: number, count: number) => number
  readonly keepRules: (plan: number, count: number) => void
  readonly run: (root: number, start: number, end: number, shift: number) => number
}

let compiled: WebAssembly.Module | undefined

/** An instance with memory of its own; the code is compiled once. */
export function instantiate(): KernelExports {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(COMPILED_KERNEL), (unit) => unit.charCodeAt(0)),
  )
  const { exports } = new WebAssembly.Instance(compiled)
  return exports as unknown as KernelExports
}
