import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'

/** What stands at a path, or undefined where nothing does. */
export async function statIfAny(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
