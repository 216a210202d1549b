// Names of the Security log's values in the order in which Windows logs them: later versions of an event add
// theirs behind. `$S` is the four of the subject, `$T` the three of an account that is changed.
export const SECURITY_INSERTS = `
1102 $S
4610 AuthenticationPackageName
4611 $S LogonProcessName
4614 NotificationPackageName
4616 $S PreviousTime NewTime ProcessId ProcessName
4622 SecurityPackageName
4624 $S TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort ImpersonationLevel RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken
4625 $S TargetUserSid TargetUserName TargetDomainName Status FailureReason SubStatus LogonType LogonProcessName AuthenticationPackageName WorkstationName TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort
4626 $S TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType EventIdx EventCountTotal UserClaims DeviceClaims
4627 $S TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType EventIdx EventCountTotal GroupMembership
4634 TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType
4647 TargetUserSid TargetUserName TargetDomainName TargetLogonId
4648 $S LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName IpAddress IpPort
4649 $S TargetUserName TargetDomainName TransmittedServices AuthenticationPackage LogonProcessName RequestType WorkstationName ProcessId ProcessName
4656 $S ObjectServer ObjectType ObjectName HandleId TransactionId AccessList AccessReason AccessMask PrivilegeList RestrictedSidCount ProcessId ProcessName ResourceAttributes
4657 $S ObjectName ObjectValueName HandleId OperationType OldValueType OldValue NewValueType NewValue ProcessId ProcessName
4658 $S ObjectServer HandleId ProcessId ProcessName
4659 $S ObjectServer ObjectType ObjectName HandleId TransactionId AccessList AccessMask PrivilegeList ProcessId
4660 $S ObjectServer HandleId ProcessId ProcessName TransactionId
4661 $S ObjectServer ObjectType ObjectName HandleId TransactionId AccessList AccessMask PrivilegeList Properties RestrictedSidCount ProcessId ProcessName
4662 $S ObjectServer ObjectType ObjectName OperationType HandleId AccessList AccessMask Properties AdditionalInfo AdditionalInfo2
4663 $S ObjectServer ObjectType ObjectName HandleId AccessList AccessMask ProcessId ProcessName ResourceAttributes
4664 $S FileName LinkName TransactionId
4670 $S ObjectServer ObjectType ObjectName HandleId OldSd NewSd ProcessId ProcessName
4672 $S PrivilegeList
4673 $S ObjectServer Service PrivilegeList ProcessId ProcessName
4674 $S ObjectServer ObjectType ObjectName HandleId AccessMask PrivilegeList ProcessId ProcessName
4688 $S NewProcessId NewProcessName TokenElevationType ProcessId CommandLine TargetUserSid TargetUserName TargetDomainName TargetLogonId ParentProcessName MandatoryLabel
4689 $S Status ProcessId ProcessName
4690 $S SourceHandleId SourceProcessId TargetHandleId TargetProcessId
4691 $S ObjectType ObjectName AccessList AccessMask ProcessId
4692 $S MasterKeyId RecoveryServer RecoveryKeyId FailureReason
4693 $S MasterKeyId RecoveryReason RecoveryServer RecoveryKeyId FailureId
4694 $S DataDescription MasterKeyId ProtectedDataFlags CryptoAlgorithms FailureReason
4695 $S DataDescription MasterKeyId ProtectedDataFlags CryptoAlgorithms FailureReason
4696 $S TargetUserSid TargetUserName TargetDomainName TargetLogonId TargetProcessId TargetProcessName ProcessId ProcessName
4697 $S ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount ClientProcessStartKey ClientProcessId ParentProcessId
4698 $S TaskName TaskContent ClientProcessStartKey ClientProcessId ParentProcessId RpcCallClientLocality FQDN
4699 $S TaskName TaskContent ClientProcessStartKey ClientProcessId ParentProcessId RpcCallClientLocality FQDN
4700 $S TaskName TaskContent ClientProcessStartKey ClientProcessId ParentProcessId RpcCallClientLocality FQDN
4701 $S TaskName TaskContent ClientProcessStartKey ClientProcessId ParentProcessId RpcCallClientLocality FQDN
4702 $S TaskName TaskContentNew ClientProcessStartKey ClientProcessId ParentProcessId RpcCallClientLocality FQDN
4703 $S TargetUserSid TargetUserName TargetDomainName TargetLogonId ProcessName ProcessId EnabledPrivilegeList DisabledPrivilegeList
4704 $S TargetSid PrivilegeList
4705 $S TargetSid PrivilegeList
4706 DomainName DomainSid $S TdoType TdoDirection TdoAttributes SidFilteringEnabled
4707 DomainName DomainSid $S
4713 $S KerberosPolicyChange
4714 $S EfsPolicyChange
4716 $S DomainName DomainSid TdoType TdoDirection TdoAttributes SidFilteringEnabled
4717 $S TargetSid AccessGranted
4718 $S TargetSid AccessRemoved
4719 $S CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges
4720 $T $S PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours
4722 $T $S
4723 $T $S PrivilegeList
4724 $T $S
4725 $T $S
4726 $T $S PrivilegeList
4727 $T $S PrivilegeList SamAccountName SidHistory
4728 MemberName MemberSid $T $S PrivilegeList
4729 MemberName MemberSid $T $S PrivilegeList
4730 $T $S PrivilegeList
4731 $T $S PrivilegeList SamAccountName SidHistory
4732 MemberName MemberSid $T $S PrivilegeList
4733 MemberName MemberSid $T $S PrivilegeList
4734 $T $S PrivilegeList
4735 $T $S PrivilegeList SamAccountName SidHistory
4737 $T $S PrivilegeList SamAccountName SidHistory
4738 Dummy $T $S PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours
4739 DomainPolicyChanged DomainName DomainSid $S PrivilegeList MinPasswordAge MaxPasswordAge ForceLogoff LockoutThreshold LockoutObservationWindow LockoutDuration PasswordProperties MinPasswordLength PasswordHistoryLength MachineAccountQuota MixedDomainMode DomainBehaviorVersion OemInformation
4740 $T $S
4741 $T $S PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours DnsHostName ServicePrincipalNames
4742 ComputerAccountChange $T $S PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours DnsHostName ServicePrincipalNames
4743 $T $S PrivilegeList
4744 $T $S PrivilegeList SamAccountName SidHistory
4745 $T $S PrivilegeList SamAccountName SidHistory
4746 MemberName MemberSid $T $S PrivilegeList
4747 MemberName MemberSid $T $S PrivilegeList
4748 $T $S PrivilegeList
4749 $T $S PrivilegeList SamAccountName SidHistory
4750 $T $S PrivilegeList SamAccountName SidHistory
4751 MemberName MemberSid $T $S PrivilegeList
4752 MemberName MemberSid $T $S PrivilegeList
4753 $T $S PrivilegeList
4754 $T $S PrivilegeList SamAccountName SidHistory
4755 $T $S PrivilegeList SamAccountName SidHistory
4756 MemberName MemberSid $T $S PrivilegeList
4757 MemberName MemberSid $T $S PrivilegeList
4758 $T $S PrivilegeList
4759 $T $S PrivilegeList SamAccountName SidHistory
4760 $T $S PrivilegeList SamAccountName SidHistory
4761 MemberName MemberSid $T $S PrivilegeList
4762 MemberName MemberSid $T $S PrivilegeList
4763 $T $S PrivilegeList
4764 GroupTypeChange $T $S PrivilegeList
4765 SourceUserName SourceSid $T $S PrivilegeList SidList
4767 $T $S
4768 TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions Status TicketEncryptionType PreAuthType IpAddress IpPort CertIssuerName CertSerialNumber CertThumbprint
4769 TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType IpAddress IpPort Status LogonGuid TransmittedServices
4770 TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType IpAddress IpPort
4771 TargetUserName TargetSid ServiceName TicketOptions Status PreAuthType IpAddress IpPort CertIssuerName CertSerialNumber CertThumbprint
4776 PackageName TargetUserName Workstation Status
4778 AccountName AccountDomain LogonID SessionName ClientName ClientAddress
4779 AccountName AccountDomain LogonID SessionName ClientName ClientAddress
4781 OldTargetUserName NewTargetUserName TargetDomainName TargetSid $S PrivilegeList
4794 $S Workstation Status
4798 $T $S CallerProcessId CallerProcessName
4799 $T $S CallerProcessId CallerProcessName
4800 TargetUserSid TargetUserName TargetDomainName TargetLogonId SessionId
4801 TargetUserSid TargetUserName TargetDomainName TargetLogonId SessionId
4826 $S LoadOptions AdvancedOptions ConfigAccessPolicy RemoteEventLogging KernelDebug VsmLaunchType TestSigning FlightSigning DisableIntegrityChecks HypervisorLoadOptions HypervisorLaunchType HypervisorDebug
4898 TemplateInternalName TemplateVersion TemplateSchemaVersion TemplateOID TemplateDSObjectFQDN DCDNSName TemplateContent SecurityDescriptor
4902 PuaCount PuaPolicyId
4904 $S AuditSourceName EventSourceId ProcessId ProcessName
4905 $S AuditSourceName EventSourceId ProcessId ProcessName
4907 $S ObjectServer ObjectType ObjectName HandleId OldSd NewSd ProcessId ProcessName
4964 $S LogonGuid TargetUserSid TargetUserName TargetDomainName TargetLogonId TargetLogonGuid SidList
4985 $S TransactionId NewState ResourceManager ProcessId ProcessName
5038 param1
5056 $S Module ReturnCode
5058 $S ProviderName AlgorithmName KeyName KeyType KeyFilePath Operation ReturnCode
5059 $S ProviderName AlgorithmName KeyName KeyType Operation ReturnCode
5061 $S ProviderName AlgorithmName KeyName KeyType Operation ReturnCode
5136 OpCorrelationID AppCorrelationID $S DSName DSType ObjectDN ObjectGUID ObjectClass AttributeLDAPDisplayName AttributeSyntaxOID AttributeValue OperationType
5137 OpCorrelationID AppCorrelationID $S DSName DSType ObjectDN ObjectGUID ObjectClass
5138 OpCorrelationID AppCorrelationID $S DSName DSType OldObjectDN NewObjectDN ObjectGUID ObjectClass
5139 OpCorrelationID AppCorrelationID $S DSName DSType OldObjectDN NewObjectDN ObjectGUID ObjectClass
5140 $S ObjectType IpAddress IpPort ShareName ShareLocalPath AccessMask AccessList
5141 OpCorrelationID AppCorrelationID $S DSName DSType ObjectDN ObjectGUID ObjectClass TreeDelete
5142 $S ShareName ShareLocalPath
5143 $S ObjectType ShareName ShareLocalPath OldRemark NewRemark OldMaxUsers NewMaxUsers OldShareFlags NewShareFlags OldSD NewSD
5144 $S ShareName ShareLocalPath
5145 $S ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask AccessList AccessReason
5152 ProcessId Application Direction SourceAddress SourcePort DestAddress DestPort Protocol FilterRTID LayerName LayerRTID
5154 ProcessId Application SourceAddress SourcePort Protocol FilterRTID LayerName LayerRTID
5155 ProcessId Application SourceAddress SourcePort Protocol FilterRTID LayerName LayerRTID
5156 ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol FilterRTID LayerName LayerRTID RemoteUserID RemoteMachineID
5157 ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol FilterRTID LayerName LayerRTID RemoteUserID RemoteMachineID
5158 ProcessId Application SourceAddress SourcePort Protocol FilterRTID LayerName LayerRTID
5159 ProcessId Application SourceAddress SourcePort Protocol FilterRTID LayerName LayerRTID
5379 $S TargetName Type CountOfCredentialsReturned ReadOperation ReturnCode ProcessCreationTime ClientProcessId
5381 $S Flags CountOfCredentialsReturned ProcessCreationTime ClientProcessId
5890 SubjectUserSid SubjectUserName SubjectUserDomainName SubjectLogonId ObjectCollectionName ObjectIdentifyingProperties ObjectProperties
6416 $S DeviceId DeviceDescription ClassId ClassName VendorIds CompatibleIds LocationInformation
6419 $S DeviceId DeviceDescription ClassId ClassName HardwareIds CompatibleIds LocationInformation
6420 $S DeviceId DeviceDescription ClassId ClassName HardwareIds CompatibleIds LocationInformation`
