// What the events of the logs that every Windows has are called, by Sigma's service: id and title, one a line.
export const CORE: Readonly<Record<string, string>> = {
  sysmon: `
1 Process created
2 File creation time changed
3 Network connection
4 Sysmon service state changed
5 Process terminated
6 Driver loaded
7 Image loaded
8 Remote thread created
9 Raw disk read
10 Process accessed
11 File created
12 Registry object added or deleted
13 Registry value set
14 Registry object renamed
15 File stream created
16 Sysmon configuration changed
17 Pipe created
18 Pipe connected
19 WMI filter
20 WMI consumer
21 WMI consumer bound to filter
22 DNS query
23 File deleted
24 Clipboard changed
25 Process image tampered with
26 File deletion detected
27 Executable file blocked
28 File shredding blocked
29 Executable file detected
255 Sysmon error
`,
  powershell: `
4100 PowerShell error
4101 PowerShell script started
4102 PowerShell script ended
4103 PowerShell command invoked
4104 PowerShell script block
4105 PowerShell script block started
4106 PowerShell script block ended
8193 PowerShell session created
8194 PowerShell runspace pool opened
8197 PowerShell runspace state changed
24577 PowerShell ISE script run
32784 PowerShell remote session created
40961 PowerShell console starting
40962 PowerShell console ready
53249 PowerShell scheduled job started
53504 PowerShell named pipe started
53506 PowerShell process listed
`,
  'powershell-classic': `
400 PowerShell engine started
403 PowerShell engine stopped
500 PowerShell command started
501 PowerShell command ended
600 PowerShell provider started
800 PowerShell pipeline executed
`,
  system: `
1 System time changed
6 File system filter loaded
12 Operating system started
13 Operating system shutting down
16 Registry hive access cleared
26 Application pop-up
41 System rebooted without clean shutdown
42 System entering sleep
55 File system damaged
98 Volume healthy
104 Event log cleared
109 Kernel power transition
1001 System bug check
1014 DNS name resolution timed out
1056 DHCP server credentials missing
1074 Shutdown initiated
1500 Group policy applied
1501 Group policy applied
4200 ISATAP interface
4611 ISATAP router set
5805 Netlogon session authentication failed
5723 Netlogon session setup failed
5827 Vulnerable Netlogon connection denied
5828 Vulnerable Netlogon trust connection denied
5829 Vulnerable Netlogon connection allowed
5830 Vulnerable Netlogon connection allowed by policy
5831 Vulnerable Netlogon trust connection allowed by policy
6005 Event log service started
6006 Event log service stopped
6008 Unexpected shutdown
6009 Operating system version at start
6013 System uptime
6038 NTLM authentication in use
7000 Service failed to start
7001 Service dependency failed
7009 Service start timed out
7011 Service transaction timed out
7022 Service hung on starting
7023 Service terminated with error
7024 Service terminated with service error
7026 Boot driver failed to load
7030 Service marked interactive
7031 Service terminated unexpectedly
7034 Service terminated unexpectedly
7035 Service control sent
7036 Service state changed
7038 Service logon failed
7040 Service start type changed
7042 Service stop control sent
7045 Service installed
10016 DCOM permission denied
10028 DCOM could not communicate
16962 SAM remote calls restricted
16990 SAM account name conflict
16991 SAM account name conflict
20001 Device driver installed
20003 Device service installed
20010 Plug and play driver
36871 TLS credential error
36874 TLS no cipher in common
36887 TLS fatal alert
`,
  application: `
1000 Application crashed
1001 Application fault reported
1002 Application hung
1022 Product update installed
1033 Product installed
1034 Product removed
1040 Installer transaction started
1042 Installer transaction ended
216 Database location changed
325 Database created
326 Database attached
327 Database detached
865 Software restricted by policy
866 Software restricted by path
867 Software restricted by certificate
868 Software restricted by rule
882 Software restricted by policy
1511 Temporary user profile used
1515 User profile backed up
4625 Event system duplicates suppressed
11707 Product installation completed
11708 Product installation failed
11724 Product removal completed
15457 SQL Server setting changed
17135 SQL Server start procedure
18456 SQL Server logon failed
33205 SQL Server audit event
8128 SQL Server extended procedure
`,
}
