// Signatures of pushes: SSH signatures (`ssh-keygen -Y sign`, namespace `trapline-release`) over the 64 hex
// digits of the bundle's SHA-256, by the keys of an allowed_signers file (ssh-keygen(1)).
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SIGNATURE_NAMESPACE, signedText } from '../../ci/signed-bundle.ts'

/** Checking one signature may take this long, milliseconds. */
const VERIFY_TIMEOUT_MS = 10_000

/** Who signed a bundle, or undefined when the signature is not good or its key is not allowed. */
export async function signerOf(
  bundle: Uint8Array,
  signature: string,
  allowedSigners: string,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-signature-'))
  try {
    const file = join(folder, 'bundle.sig')
    await writeFile(file, signature)
    const found = await keygen(['-Y', 'find-principals', '-s', file, '-f', allowedSigners])
    const signer = found.out.split('\n')[0]?.trim()
    if (!found.ok || signer === undefined || signer === '') return undefined
    const { ok } = await keygen(
      [
        ...['-Y', 'verify', '-f', allowedSigners, '-I', signer],
        ...['-n', SIGNATURE_NAMESPACE, '-s', file],
      ],
      signedText(bundle),
    )
    return ok ? signer : undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function keygen(args: readonly string[], input = '') {
  const child = Bun.spawn(['ssh-keygen', ...args], {
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'ignore',
    timeout: VERIFY_TIMEOUT_MS,
  })
  const out = await new Response(child.stdout).text()
  return { ok: (await child.exited) === 0, out }
}
