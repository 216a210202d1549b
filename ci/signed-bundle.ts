// What the signature of a pushed bundle covers (`ssh-keygen -Y sign`): one meaning for who signs and who checks.

export const SIGNATURE_NAMESPACE = 'trapline-release'

/** What is signed: the 64 hex digits of the bundle's SHA-256. */
export function signedText(bundle: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(bundle).digest('hex')
}
