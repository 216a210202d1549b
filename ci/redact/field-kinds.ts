// What a field's name says about the value: whose it is, or that it must not leave.
import type { RedactKind } from './types.ts'

const SECRET =
  /(?:password|passwd|pwd|passphrase|secret|secretkey|clientsecret|token|authorization|apikey|accesskey|accesskeyid|cookie|setcookie|privatekey|credentials?|connectionstring|sharedkey|accountkey|passcode)$/
const USER =
  /(?:user|users|username|usernames|accountname|samaccountname|acct|logname|alternateid|userprincipalname|upn|login|loginname|principalname|principal|identity|fullname|realname|mailnickname|ruser|luser|suser|duser|owner|subjectname)$/
const HOST =
  /(?:computer|computername|hostname|host|workstation|workstationname|devicename|machinename|servername|nodename|netbiosname|clientname|sensorname|dvchost|devname|agentname)$/
/** Hosts of the other side: the name an attacker chose, or a public site. */
const FAR_HOST =
  /(?:cshost|rhost|rdns|desthost|dsthost|dhost|requesthost|httphost|httphostname|destinationhostname|desthostname|dsthostname|servernameindication|sni|tlsservername|urlhost|queryhost)$/
const DOMAIN =
  /(?:domainname|userdomain|accountdomain|logondomain|ntdomain|dnsdomain|workgroup|tenantdomain)$/
const ID =
  /(?:logonguid|processguid|parentprocessguid|sourceprocessguid|targetprocessguid|accountid|recipientaccountid|tenantid|objectid|deviceid|machineid|subscriptionid|sessionid|principalid|userid|customerid|organizationid|orgid|installationid|serialnumber|imei|hardwareid|agentid|instanceid|externalid)$/
/** Names that end as above and mean something else. */
const NEITHER =
  /(?:querydomainname|destinationdomainname|eventowner|processowner|windowstoken|tokenelevationtype|useragentowner|logonprocessname)$/

/** The kind of a field's values by its (last) name; undefined where the name says nothing. */
export function fieldKind(name: string): RedactKind | undefined {
  const folded = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (NEITHER.test(folded)) return undefined
  if (SECRET.test(folded)) return 'secret'
  if (FAR_HOST.test(folded)) return undefined
  if (USER.test(folded)) return 'user'
  if (HOST.test(folded)) return 'host'
  if (DOMAIN.test(folded)) return 'domain'
  return ID.test(folded) ? 'id' : undefined
}

/** Fields whose values look like addresses and are versions. */
export function isVersionField(name: string): boolean {
  return /version$/i.test(name)
}
