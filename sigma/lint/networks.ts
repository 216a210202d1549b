// Addresses and networks.
import { parseAddress, parseCidr } from '../cidr.ts'
import type { Check } from './check.ts'
import { replaceScalar } from './source.ts'

/** The dotted beginning of an IPv4 address, up to three parts: `10.` or `192.168.`. */
const IP_START = /^\d{1,3}\.(\d{1,3}\.){0,2}\*?$/
const WHOLE_BYTES: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 24 }

function networkOf(start: string): string {
  const parts = start
    .replace('*', '')
    .split('.')
    .filter((part) => part !== '')
  const full = [...parts, '0', '0', '0', '0'].slice(0, 4).join('.')
  return `${full}/${WHOLE_BYTES[parts.length] ?? 32}`
}

export const NETWORK_CHECKS = {
  'ip-text-prefix': {
    on: 'item',
    severity: 'info',
    summary: 'a network written as the beginning of an address',
    why: '`cidr` compares numbers, whatever way the address is written, and masks need not end at a dot.',
    bad: "detection:\n    selection:\n        DestinationIp|startswith: '10.'\n    condition: selection",
    good: "detection:\n    selection:\n        DestinationIp|cidr: '10.0.0.0/8'\n    condition: selection",
    run(_subject, add, { item }) {
      const isStart = item.modifiers.join('|') === 'startswith' || item.modifiers.length === 0
      if (!isStart || !/(ip|address|addr)$/i.test(item.field ?? '')) return
      for (const value of item.values) {
        const isPattern = item.modifiers.length > 0 || value.text.endsWith('*')
        if (value.kind === 'string' && isPattern && IP_START.test(value.text)) {
          add(
            value,
            `${item.field}|cidr: ${networkOf(value.text)} says this for every spelling of an address`,
          )
        }
      }
    },
  },
  'cidr-host-bits': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: 'a network with bits set beyond its mask',
    why: 'The bits are ignored. Either the mask or the address is not what was meant.',
    bad: "detection:\n    selection:\n        DestinationIp|cidr: '10.1.2.3/8'\n    condition: selection",
    good: "detection:\n    selection:\n        DestinationIp|cidr: '10.0.0.0/8'\n    condition: selection",
    run(subject, add, { item }) {
      if (!item.modifiers.includes('cidr')) return
      for (const value of item.values) {
        const network = parseCidr(value.text)
        if (network?.version !== 4) continue
        const masked = network.bytes.map((byte, n) => {
          const left = Math.min(8, Math.max(0, network.prefix_bits - n * 8))
          return byte & ((0xff << (8 - left)) & 0xff)
        })
        const to = `${masked.join('.')}/${network.prefix_bits}`
        if (masked.some((byte, n) => byte !== network.bytes[n])) {
          add(
            value,
            `${value.text} is ${to}`,
            replaceScalar(subject.file.text, value, to, `write ${to}`, false),
          )
        }
      }
    },
  },
  'cidr-everything': {
    on: 'item',
    severity: 'warning',
    summary: 'a network that holds every address',
    why: '`/0` matches whatever the address is.',
    bad: "detection:\n    selection:\n        DestinationIp|cidr: '0.0.0.0/0'\n    condition: selection",
    good: 'detection:\n    selection:\n        DestinationIp|exists: true\n    condition: selection',
    run(_subject, add, { item }) {
      if (!item.modifiers.includes('cidr')) return
      for (const value of item.values) {
        if (parseCidr(value.text)?.prefix_bits === 0)
          add(value, `${value.text} holds every address`)
      }
    },
  },
  'cidr-subsumed': {
    on: 'item',
    severity: 'info',
    summary: 'a network that lies in another of the list',
    why: 'The larger one says it all.',
    bad: "detection:\n    selection:\n        DestinationIp|cidr:\n            - '10.0.0.0/8'\n            - '10.1.0.0/16'\n    condition: selection",
    good: "detection:\n    selection:\n        DestinationIp|cidr:\n            - '10.0.0.0/8'\n            - '192.168.0.0/16'\n    condition: selection",
    run(_subject, add, { item }) {
      if (!item.modifiers.includes('cidr') || item.modifiers.includes('all')) return
      const networks = item.values.map((value) => ({ value, network: parseCidr(value.text) }))
      for (const { value, network } of networks) {
        const outer = networks.find(
          (other) =>
            network !== undefined &&
            other.network !== undefined &&
            other.value !== value &&
            other.network.version === network.version &&
            other.network.prefix_bits < network.prefix_bits &&
            sameBits(other.network.bytes, network.bytes, other.network.prefix_bits),
        )
        if (outer !== undefined) add(value, `${value.text} lies in ${outer.value.text}`)
      }
    },
  },
  'address-impossible': {
    on: 'item',
    severity: 'warning',
    summary: 'an address that cannot be one',
    why: 'A part above 255 or a leading zero: no event has such an address.',
    bad: "detection:\n    selection:\n        DestinationIp: '10.1.2.300'\n    condition: selection",
    good: "detection:\n    selection:\n        DestinationIp: '10.1.2.30'\n    condition: selection",
    run(_subject, add, { item }) {
      if (item.modifiers.length > 0 || !/(ip|address)$/i.test(item.field ?? '')) return
      for (const value of item.values) {
        if (/^\d+(\.\d+){3}$/.test(value.text) && parseAddress(value.text) === undefined) {
          add(value, `${value.text} is no address`)
        }
      }
    },
  },
} as const satisfies Record<string, Check>

function sameBits(a: readonly number[], b: readonly number[], bits: number): boolean {
  for (let n = 0; n * 8 < bits; n++) {
    const left = Math.min(8, bits - n * 8)
    const mask = (0xff << (8 - left)) & 0xff
    if ((a[n]! & mask) !== (b[n]! & mask)) return false
  }
  return true
}
