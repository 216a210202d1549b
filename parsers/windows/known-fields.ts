// Which fields events of a log source can carry: what Microsoft's manifests and Sysmon's schema name, and
// what the mappings here add. For telling a rule that waits for a rare event from one that waits in vain.

/** Fields of every event. */
const COMMON = words(`
EventID Channel Provider_Name Provider_Guid Computer ComputerName Level Keywords Version Task Opcode
EventRecordID Security_UserID Execution_ProcessID Execution_ThreadID Data Binary`)

const PROCESS = 'UtcTime RuleName ProcessGuid ProcessId Image User'
const REGISTRY = `${PROCESS} EventType TargetObject Details NewName`
const FILE = `${PROCESS} TargetFilename CreationUtcTime Hashes IsExecutable Archived`

/** Sysmon's fields by Sigma's category. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  process_creation: words(`${PROCESS} FileVersion Description Product Company OriginalFileName
    CommandLine CurrentDirectory LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes
    ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser`),
  file_change: words(`${FILE} PreviousCreationUtcTime`),
  network_connection: words(`${PROCESS} Protocol Initiated SourceIsIpv6 SourceIp SourceHostname
    SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort
    DestinationPortName`),
  sysmon_status: words(`UtcTime State Version SchemaVersion Configuration ConfigurationFileHash`),
  sysmon_error: words('UtcTime ID Description'),
  process_termination: words(PROCESS),
  driver_load: words('UtcTime RuleName ImageLoaded Hashes Signed Signature SignatureStatus'),
  image_load: words(`${PROCESS} ImageLoaded FileVersion Description Product Company OriginalFileName
    Hashes Signed Signature SignatureStatus`),
  create_remote_thread: words(`UtcTime RuleName SourceProcessGuid SourceProcessId SourceImage
    TargetProcessGuid TargetProcessId TargetImage NewThreadId StartAddress StartModule StartFunction
    SourceUser TargetUser`),
  raw_access_thread: words(`${PROCESS} Device`),
  raw_access_read: words(`${PROCESS} Device`),
  process_access:
    words(`UtcTime RuleName SourceProcessGUID SourceProcessId SourceThreadId SourceImage
    TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace SourceUser TargetUser`),
  file_event: words(FILE),
  file_delete: words(FILE),
  file_delete_detected: words(FILE),
  file_block: words(FILE),
  file_block_executable: words(FILE),
  file_block_shredding: words(FILE),
  file_executable_detected: words(FILE),
  registry_add: words(REGISTRY),
  registry_delete: words(REGISTRY),
  registry_set: words(REGISTRY),
  registry_rename: words(REGISTRY),
  registry_event: words(REGISTRY),
  create_stream_hash: words(`${FILE} Hash Contents`),
  pipe_created: words(`${PROCESS} EventType PipeName`),
  wmi_event: words(`UtcTime RuleName EventType Operation User EventNamespace Name Query Type
    Destination Consumer Filter`),
  dns_query: words(`${PROCESS} QueryName QueryStatus QueryResults`),
  clipboard_capture: words(`${PROCESS} Session ClientInfo Hashes Archived`),
  process_tampering: words(`${PROCESS} Type`),
  ps_module: words('ContextInfo UserData Payload HostApplication HostName EngineVersion'),
  ps_script: words('MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path'),
  ps_classic_start: words('HostApplication HostName HostVersion EngineVersion NewEngineState'),
  ps_classic_provider_start: words('HostApplication HostName ProviderName NewProviderState'),
  ps_classic_script: words('HostApplication HostName UserId ScriptName CommandLine'),
  antivirus: words('Signature Filename ThreatName Path ProcessName'),
}

/** Fields by Sigma's service. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  application: words(`AppName AppVersion AppTimeStamp ModuleName ModuleVersion ExceptionCode
    FaultingOffset AppPath ModulePath`),
  applocker: words(`PolicyName RuleId RuleName RuleSddl TargetUser TargetProcessId FilePath FileHash
    Fqbn TargetLogonId FullFilePath`),
  'appmodel-runtime': words('ProcessID PackageName ImageName ApplicationName'),
  'appxdeployment-server': words(`PackageFullName PackageSourceUri Path Flags HasFullTrust ErrorCode
    CallingProcess DeploymentOperation MainPackageFamilyName SourceUri`),
  'appxpackaging-om': words('packageFullName subjectName'),
  bitlocker: words('VolumeName VolumeMountPoint ProtectorGUID ProtectorType'),
  'bits-client': words(`RemoteName LocalName processPath processId jobTitle jobId jobOwner name url
    peer fileTime fileLength bytesTotal bytesTransferred proxy`),
  capi2: [],
  'certificateservicesclient-lifecycle-system': [],
  'codeintegrity-operational': words(`FileNameLength FileNameBuffer ProcessNameLength
    ProcessNameBuffer RequestedPolicy ValidatedPolicy Status`),
  'diagnosis-scripted': words('PackagePath PackageId'),
  'dns-client': words('QueryName QueryType QueryOptions QueryStatus QueryResults'),
  'dns-server': words('param1 param2 param3'),
  'dns-server-analytic': words('QNAME QTYPE Source Destination InterfaceIP Port RCODE Zone'),
  'driver-framework': [],
  'firewall-as': words(`RuleId RuleName Origin ApplicationPath ServiceName Direction Protocol
    LocalPorts RemotePorts Action Profiles LocalAddresses RemoteAddresses EmbeddedContext Flags Active
    ModifyingUser ModifyingApplication SettingType SettingValue Profiles`),
  'iis-configuration': words('Configuration EditOperationType OldValue NewValue'),
  ldap: words('ScopeOfSearch SearchFilter DistinguishedName AttributeList ProcessId'),
  'lsa-server': words('TargetUserSid TargetUserName TargetLogonId SidList'),
  'microsoft-servicebus-client': [],
  'msexchange-management': [],
  ntlm: words(`CallerPID ClientDomainName ClientLUID ClientUserName DomainName MechanismOID
    ProcessName SChannelName SChannelType TargetName UserName WorkstationName`),
  openssh: words('process payload'),
  'printservice-admin': words('PluginDllName ErrorCode Context'),
  'printservice-operational': words('param1 param2 param3 param4 param5 param6 param7 param8'),
  security: words(`AccessList AccessMask AccountName AttributeLDAPDisplayName AttributeSyntaxOID
    AttributeValue Attributes AuditPolicyChanges AuthenticationPackageName CallerProcessName
    ClassId ClassName ClientAddress ClientName ClientProcessId CommandLine DCName DeviceDescription
    DeviceId Disposition DSName FilterOrigin FilterRTID GroupMembership HandleId ImpersonationLevel
    IpAddress IpPort KeyName LogonProcessName LogonType MasterKeyId MemberName MemberSid
    NewTemplateContent NewUacValue NewValue NewValueType ObjectClass ObjectDN ObjectName ObjectServer
    ObjectType ObjectValueName OldUacValue OldValue OperationType ParentProcessId PreAuthType
    PrivilegeList ProcessId ProcessName Properties ProviderContextName ProviderName
    RelativeTargetName Requester ResourceManager SamAccountName ServiceAccount ServiceFileName
    ServiceName ServicePrincipalNames ServiceStartType ServiceType ShareLocalPath ShareName SidHistory
    Status SubStatus SubcategoryGuid Subject SubjectDomainName SubjectLogonId SubjectUserName
    SubjectUserSid TargetDomainName TargetInfo TargetLogonId TargetServerName TargetSid
    TargetUserName TargetUserSid TaskContent TaskContentNew TaskName TemplateContent
    TicketEncryptionType TicketOptions UserAccountControl WorkstationName Workstation param1 param2
    FileName SubjectAccountName Direction DestAddress DestPort SourceAddress SourcePort Application
    LayerName Protocol Service EnabledPrivilegeList DisabledPrivilegeList AdditionalInfo
    AllowedToDelegateTo AuditSourceName CertThumbprint FilterName KeyLength LayerRTID
    NewTargetUserName OldTargetUserName PasswordLastSet TargetName TargetOutboundUserName`),
  'security-mitigations': words(`ProcessPath ProcessCommandLine ProcessId ProcessSignatureLevel
    RequiredSignatureLevel SignatureLevel ImageName`),
  'shell-core': words('Name AppID Flags'),
  'smbclient-connectivity': words(`Reason Status ServerName ServerAddress Address LocalAddress
    RemoteAddress InstanceName ConnectionType`),
  'smbclient-security': words('Reason Status ShareName ObjectName UserName ServerName'),
  'smbserver-connectivity': words(`ShareName ClientAddress ClientName SigningUsed EncyptionUsed
    SessionGUID UserName`),
  system: words(`ServiceName ImagePath ServiceType StartType AccountName param1 param2 param3 param4
    param5 param6 Caption Message Description DeviceName DriveName Origin HiveName HiveNameLength
    IsatapRouter SubjectUserName Channel BackupPath UpdateTitle UpdateGuid`),
  taskscheduler: words(`TaskName UserContext UserName Path ProcessID Priority TaskInstanceId
    ActionName ResultCode InstanceId`),
  'terminalservices-localsessionmanager': words('User SessionID Address'),
  vhdmp: words('VhdFileName VhdFilePath Status VmId VhdType'),
  windefend: words(`ThreatName ThreatID SeverityName CategoryName Path DetectionUser ProcessName
    SourceName OriginName ActionName NewValue OldValue Value Feature_Name FeatureName Reason ID User
    TargetCommandline ParentCommandline InvolvedFile InhertianceFlags RuleType ProductName Signature
    Filename SourceID ErrorCode ErrorDescription`),
  wmi: words(`Operation User ClientMachine ClientProcessId NamespaceName Namespace Component
    ResultCode PossibleCause ESS CONSUMER Query queryid Provider ProviderName ProviderPath
    HostProcess processid`),
  powershell: words('ContextInfo UserData Payload ScriptBlockText ScriptBlockId Path'),
  'powershell-classic': words('HostApplication HostName EngineVersion'),
  sysmon: [],
}

/** Whether an event of the category or service can carry the field. */
export function isKnownField(
  { category, service }: { readonly category?: string; readonly service?: string },
  field: string,
): boolean {
  if (COMMON.includes(field)) return true
  if (category !== undefined && CATEGORIES[category]?.includes(field) === true) return true
  return service !== undefined && SERVICES[service]?.includes(field) === true
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
