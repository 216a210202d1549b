// What the events of other logs are called, by Sigma's service: id and title, one a line.
export const OTHERS: Readonly<Record<string, string>> = {
  windefend: `
1000 Scan started
1001 Scan finished
1002 Scan stopped
1005 Scan failed
1006 Malware detected
1007 Malware action taken
1008 Malware action failed
1009 Quarantined item restored
1010 Quarantined item restore failed
1011 Quarantined item deleted
1012 Quarantined item delete failed
1013 Malware history deleted
1014 Malware history delete failed
1015 Suspicious behaviour detected
1116 Malware detected
1117 Malware action taken
1118 Malware action failed
1119 Malware action failed critically
1120 Hashes of threat computed
1121 Attack surface reduction rule blocked
1122 Attack surface reduction rule audited
1123 Controlled folder access blocked
1124 Controlled folder access audited
1125 Network protection audited
1126 Network protection blocked
1127 Controlled folder access blocked sector
1128 Controlled folder access audited sector
1129 Attack surface reduction rule bypassed
1131 Attack surface reduction rule blocked
1133 Attack surface reduction rule blocked
1150 Defender healthy
1151 Defender health report
2000 Definitions updated
2001 Definition update failed
2002 Engine updated
2003 Engine update failed
2004 Definition load failed
2006 Platform update failed
2007 Platform expiring
2010 Dynamic definitions updated
2011 Dynamic definitions deleted
2020 Cloud file downloaded
2021 Cloud file download failed
2030 Offline scan downloaded
2050 File uploaded for analysis
3002 Real-time protection failed
3007 Real-time protection recovered
5000 Real-time protection enabled
5001 Real-time protection disabled
5004 Real-time protection changed
5007 Defender configuration changed
5008 Defender engine failed
5009 Spyware scanning enabled
5010 Spyware scanning disabled
5011 Virus scanning enabled
5012 Virus scanning disabled
5013 Tamper protection blocked a change
5100 Platform expiring
5101 Platform expired
`,
  taskscheduler: `
100 Scheduled task started
101 Scheduled task start failed
102 Scheduled task completed
103 Scheduled task action failed
106 Scheduled task registered
107 Scheduled task triggered by time
108 Scheduled task triggered by event
110 Scheduled task triggered by user
111 Scheduled task terminated
114 Scheduled task run missed
118 Scheduled task triggered by start
119 Scheduled task triggered by logon
129 Scheduled task process created
140 Scheduled task updated
141 Scheduled task deleted
142 Scheduled task disabled
200 Scheduled task action started
201 Scheduled task action completed
203 Scheduled task action failed to start
322 Scheduled task already running
325 Scheduled task queued
400 Task scheduler started
411 Task scheduler signalled
700 Task compatibility started
`,
  wmi: `
5857 WMI provider started
5858 WMI operation failed
5859 WMI subscription
5860 WMI temporary subscription
5861 WMI binding
`,
  'bits-client': `
3 BITS job created
4 BITS job completed
5 BITS job cancelled
59 BITS transfer started
60 BITS transfer ended
61 BITS transfer stopped
16403 BITS job of user
`,
  'dns-server': `
150 Server-level plug-in could not be loaded
770 Server-level plug-in loaded
771 Server-level plug-in failed
541 DNS server setting changed
6001 Zone transferred
6004 Zone transfer denied
`,
  'dns-server-analytic': `
256 DNS query received
257 DNS response sent
258 DNS response failed
259 DNS query ignored
260 DNS recursive query sent
261 DNS recursive response received
262 DNS recursive query timed out
263 DNS update received
264 DNS update answered
265 DNS zone transfer requested
279 DNS internal look-up
280 DNS internal look-up
`,
  'dns-server-audit': `
512 DNS zone deleted
513 DNS zone deleted
514 DNS zone setting changed
515 DNS record created
516 DNS record deleted
519 DNS record created by update
520 DNS record deleted by update
541 DNS server setting changed
577 DNS policy created
`,
  'dns-client': `
3006 DNS query
3008 DNS query answered
3009 DNS network query
3010 DNS query sent
3011 DNS answer received
3016 DNS cache look-up
3018 DNS cache answer
3020 DNS query answered
1014 DNS name resolution timed out
`,
  'terminalservices-localsessionmanager': `
21 Remote session logon
22 Remote session shell started
23 Remote session logoff
24 Remote session disconnected
25 Remote session reconnected
39 Session disconnected by session
40 Session disconnected with reason
41 Session arbitration began
42 Session arbitration ended
`,
  'firewall-as': `
2002 Firewall setting changed
2003 Firewall profile setting changed
2004 Firewall rule added
2005 Firewall rule modified
2006 Firewall rule deleted
2008 Firewall group policy changed
2009 Firewall group policy failed to load
2010 Network profile changed
2032 Firewall reset to default
2033 All firewall rules deleted
2052 Firewall rule deleted
2059 All firewall rules deleted
2060 Firewall reset to default
2071 Firewall rule added
2073 Firewall rule modified
2082 Firewall setting changed
2083 Firewall profile setting changed
2097 Firewall rule added
`,
  applocker: `
8000 AppLocker policy failed
8001 AppLocker policy applied
8002 Program allowed
8003 Program would have been blocked
8004 Program blocked
8005 Script allowed
8006 Script would have been blocked
8007 Script blocked
8008 AppLocker disabled
8020 Packaged app allowed
8021 Packaged app would have been blocked
8022 Packaged app blocked
8023 Packaged app installation allowed
8024 Packaged app installation would have been blocked
8025 Packaged app installation blocked
8040 Packaged app restricted
`,
  'codeintegrity-operational': `
3001 Unsigned driver loaded
3002 Page hash of file not found
3004 File hash not found
3023 Revoked driver blocked
3032 Revoked image loaded
3033 Image did not meet signing level
3034 Image would not meet signing level
3035 Revoked image loaded
3036 Image revoked
3037 Revoked image loaded
3063 Image did not meet page requirements
3064 Image would not meet page requirements
3076 Image would have been blocked
3077 Image blocked
3082 Driver would not pass hardware tests
3083 Driver did not pass hardware tests
3089 Signature of image
3104 Code integrity decision
`,
  ntlm: `
8001 NTLM client blocked audit
8002 NTLM server blocked audit
8003 NTLM in domain audit
8004 NTLM to domain controller audit
4001 NTLM client blocked
4002 NTLM server blocked
4003 NTLM in domain blocked
`,
  'printservice-operational': `
307 Document printed
316 Printer driver added
808 Print plug-in failed to load
811 Print file moved
`,
  'printservice-admin': '808 Print plug-in failed to load\n354 Print initialisation failed',
  'appxdeployment-server': `
400 App deployment completed
401 App deployment failed
404 App deployment failed
412 App package denied by policy
441 App package blocked by policy
442 App package blocked by policy
453 App package blocked by policy
454 App package blocked by policy
603 App deployment started
854 App package added
`,
  'security-mitigations': '11 Unsigned image would have been blocked\n12 Unsigned image blocked',
  'diagnosis-scripted': '101 Diagnostic package loaded',
  'shell-core': '28115 Shortcut added to app list\n9707 Run key started\n9708 Run key finished',
  'driver-framework': '2003 Device connected\n2100 Device power event\n2102 Device power event',
  openssh: '4 OpenSSH',
  ldap: '30 LDAP search',
  capi2: '70 Private key acquired\n11 Certificate chain built\n90 Object details',
  bitlocker: '24660 Volume encryption started\n24675 Volume encryption suspended',
  vhdmp: '1 Virtual disk mounted\n12 Virtual disk handle created\n25 Virtual disk surfaced',
  'lsa-server': '300 Groups assigned to new logon',
  'iis-configuration': '29 Web server setting changed\n50 Web server configuration changed',
  'appmodel-runtime': `
201 Packaged application started`,
  'appxpackaging-om': `
157 Package with an untrusted signature read`,
  'certificateservicesclient-lifecycle-system': `
1001 Certificate replaced
1002 Certificate expired
1003 Certificate about to expire
1004 Certificate deleted
1006 Certificate installed
1007 Certificate exported`,
  'microsoft-servicebus-client': `
40300 Connection to Service Bus started
40301 Connection to Service Bus stopped
40302 Connection to Service Bus failed`,
  'smbclient-connectivity': `
30803 Connection failed
30804 Connection lost
30806 Session reestablished`,
  'smbclient-security': `
31001 SMB logon failed
31010 Connection to a share failed
31017 Insecure guest logon rejected`,
  'smbserver-connectivity': `
4000 Server connected over a remote transport`,
}
