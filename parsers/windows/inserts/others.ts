// Names of other logs' values in the order in which they are logged, by Sigma's service. `$P` begins most of
// Sysmon's events.
export const OTHER_INSERTS: Readonly<Record<string, string>> = {
  sysmon: `
1 $P Image FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser
2 $P Image TargetFilename CreationUtcTime PreviousCreationUtcTime User
3 $P Image User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort DestinationPortName
4 UtcTime State Version SchemaVersion
5 $P Image User
6 RuleName UtcTime ImageLoaded Hashes Signed Signature SignatureStatus
7 $P Image ImageLoaded FileVersion Description Product Company OriginalFileName Hashes Signed Signature SignatureStatus User
8 RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId TargetImage NewThreadId StartAddress StartModule StartFunction SourceUser TargetUser
9 $P Image Device User
10 RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace SourceUser TargetUser
11 $P Image TargetFilename CreationUtcTime User
12 RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject User
13 RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User
14 RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject NewName User
15 $P Image TargetFilename CreationUtcTime Hash Contents User
16 UtcTime Configuration ConfigurationFileHash
17 RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User
18 RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User
19 RuleName EventType UtcTime Operation User EventNamespace Name Query
20 RuleName EventType UtcTime Operation User Name Type Destination
21 RuleName EventType UtcTime Operation User Consumer Filter
22 $P QueryName QueryStatus QueryResults Image User
23 $P User Image TargetFilename Hashes IsExecutable Archived
24 $P Image Session ClientInfo Hashes Archived User
25 $P Image Type User
26 $P User Image TargetFilename Hashes IsExecutable
27 $P User Image TargetFilename Hashes
28 $P User Image TargetFilename Hashes IsExecutable
29 $P User Image TargetFilename Hashes
255 UtcTime ID Description`,
  powershell: `
4103 ContextInfo UserData Payload
4104 MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path
4105 ScriptBlockId RunspaceId
4106 ScriptBlockId RunspaceId`,
  system: `
7034 param1 param2
7036 param1 param2
7040 param1 param2 param3 param4
7045 ServiceName ImagePath ServiceType StartType AccountName`,
  taskscheduler: `
106 TaskName UserContext
129 TaskName Path ProcessID Priority
140 TaskName UserName
141 TaskName UserName
142 TaskName UserName
200 TaskName ActionName TaskInstanceId EnginePID
201 TaskName TaskInstanceId ActionName ResultCode EnginePID`,
}
