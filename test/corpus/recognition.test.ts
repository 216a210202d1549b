// Which parser reads a line when nobody says what it is: every labelled line of the corpus. A line may stay
// generic, which says that nobody is sure; it must never become another product's event.
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { confusionOf, GENERIC, pantherCases } from '../../scripts/bench/parsers/confusion.ts'
import { readCases } from '../../scripts/bench/parsers.ts'
import { corpusFolder } from './corpus.ts'

const folder = await corpusFolder('sigmahq')
const corpus = folder === undefined ? undefined : join(folder, '..')
const TIMEOUT_MS = 120_000

/** Other parsers that are right for lines under a label, with the reason. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  // One product's logs under one of its labels.
  azure_activity: ['azure_audit', 'azure_signin', 'kubernetes'],
  azure_audit: ['azure_signin'],
  // Formats that differ by what their first lines say only.
  apache: ['webserver', 'nginx'],
  nginx: ['webserver', 'apache'],
  // A firewall's syslog holds the lines of the daemons it runs.
  pfsense: ['dhcpd', 'openvpn', 'haproxy', 'unbound', 'squid', 'nginx', 'webserver', 'linux_auth'],
  // A host's logs hold the lines of every program.
  linux_auth: ['bind', 'postfix', 'iptables', 'auditd', 'dhcpd', 'openvpn', 'squid'],
  syslog: ['linux_auth', 'postfix', 'bind', 'iptables', 'dhcpd'],
  // Diagnostics of managed clusters.
  kubernetes: ['gcp_audit'],
  squid: ['webserver'],
  // Its results are read as endpoint events.
  '(Osquery.Differential)': ['endpoint'],
  '(Crowdstrike.FDREvent)': ['endpoint'],
  '(Crowdstrike.DNSRequest)': ['endpoint'],
  // Network logs of clouds have one parser.
  '(AWS.VPCDns)': ['cloud_network'],
  '(GCP.HTTPLoadBalancer)': ['cloud_network'],
}

test.skipIf(corpus === undefined)(
  'no line becomes another product’s event',
  async () => {
    const cases = [...(await readCases(corpus!)).values()].flat()
    const rows = confusionOf([...cases, ...(await pantherCases(corpus!))])
    const wrong = rows.flatMap(({ label, readAs }) =>
      [...readAs]
        .filter(([name]) => name !== label && !GENERIC.has(name))
        .filter(([name]) => !(ALSO[label] ?? []).includes(name))
        .map(([name, count]) => `${label}: ${count} read as ${name}`),
    )
    expect(wrong).toEqual([])
    expect(rows.length).toBeGreaterThan(100)
  },
  TIMEOUT_MS,
)
