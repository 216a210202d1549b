// Values that identify nobody: they stay.

/** Accounts, hosts and domains that every installation has, and words that name places of a system. */
const COMMON = new Set(
  `system|local service|network service|anonymous logon|localservice|networkservice|local system|localsystem
everyone|root|admin|administrator|guest|nobody|daemon|bin|sys|sync|games|man|lp|mail|news|uucp|proxy|www-data|nginx
apache|httpd|mysql|postgres|oracle|git|ubuntu|ec2-user|centos|debian|fedora|pi|ftp|sshd|backup|support|service
operator|test|user|username|defaultaccount|defaultuser0|wdagutilityaccount|krbtgt|public|default|default user
all users|unknown|none|null|nil|n/a|na|true|false|yes|no|invalid|invalid_user|account|accounts|shared|runner
nt authority|builtin|workgroup|window manager|font driver host|nt service|nt virtual machine|iis apppool
localhost|localdomain|local|domain|host|hostname|server|client|desktop|workstation|computer|gateway|router|firewall
windows|linux|macos|darwin|unix|system32|syswow64|program files|users|home|etc|usr|var|tmp|opt|log|logs|dev|proc
http|https|tcp|udp|icmp|dns|ssh|rdp|smb|ldap|kerberos|negotiate|ntlm|ip|ipv4|ipv6|audit|kernel|cron|sudo|su|sh|bash
cmd|powershell|python|java|node|docker|kube-system|kubernetes|cluster|api|www|web|app|apps|db|ns1|ns2|mx|smtp|imap
us-east-1|us-east-2|us-west-1|us-west-2|eu-west-1|eu-central-1|internal|compute|amazonaws|google|microsoft|aws|azure
com|net|org|io|corp|lan|intranet|example|example.com|example.org|example.net`
    .split(/[|\n]/)
    .map((word) => word.trim()),
)

/** Domains under which everybody has names. */
const SHARED_DOMAINS = new Set(
  `gmail.com|googlemail.com|outlook.com|hotmail.com|live.com|yahoo.com|icloud.com|proton.me|protonmail.com|gmx.de
gmx.net|aol.com|mail.ru|qq.com|163.com|amazonaws.com|compute.internal|ec2.internal|windows.net|azure.com
cloudapp.net|googleusercontent.com|github.com|microsoft.com|google.com|localdomain|example.com|example.org
example.net|home.arpa|in-addr.arpa|ip6.arpa|onmicrosoft.com`.split(/[|\n]/),
)

/** Whether a name says nothing about whose system it is. */
export function isCommonName(name: string): boolean {
  return COMMON.has(name.toLowerCase())
}

/** Whether a domain is not one organisation's: itself or one above it is everybody's. */
export function isSharedDomain(domain: string): boolean {
  const labels = domain.toLowerCase().split('.')
  return labels.some((_, at) => SHARED_DOMAINS.has(labels.slice(at).join('.')))
}
