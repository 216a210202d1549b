// What the events of the Security log are called: id and title, one a line.
export const SECURITY = `
512 Windows started
513 Windows shutting down
517 Audit log cleared
528 Logon
529 Logon failed
1100 Event logging service shut down
1101 Audit events dropped
1102 Audit log cleared
1104 Security log full
1105 Event log backed up
1108 Event logging service error
4608 Windows started
4609 Windows shutting down
4610 Authentication package loaded
4611 Trusted logon process registered
4612 Audit messages lost
4614 Notification package loaded
4615 Invalid use of LPC port
4616 System time changed
4618 Monitored security event pattern
4621 Administrator recovered from CrashOnAuditFail
4622 Security package loaded
4624 Logon
4625 Logon failed
4626 User and device claims
4627 Group membership
4634 Logoff
4646 IKE denial-of-service prevention started
4647 Logoff by user
4648 Logon with explicit credentials
4649 Replay attack detected
4650 IPsec main mode established
4651 IPsec main mode established with certificate
4652 IPsec main mode failed
4653 IPsec main mode failed
4654 IPsec quick mode failed
4655 IPsec main mode ended
4656 Handle requested
4657 Registry value modified
4658 Handle closed
4659 Handle requested for deletion
4660 Object deleted
4661 Handle to directory object requested
4662 Directory object operation
4663 Object access attempt
4664 Hard link created
4665 Application client context created
4666 Application operation
4667 Application client context deleted
4668 Application initialised
4670 Object permissions changed
4671 Blocked ordinal access
4672 Special privileges assigned
4673 Privileged service called
4674 Privileged object operation
4675 SIDs filtered
4688 Process created
4689 Process terminated
4690 Handle duplicated
4691 Indirect object access
4692 Data protection master key backed up
4693 Data protection master key recovered
4694 Protected data protected
4695 Protected data unprotected
4696 Primary token assigned
4697 Service installed
4698 Scheduled task created
4699 Scheduled task deleted
4700 Scheduled task enabled
4701 Scheduled task disabled
4702 Scheduled task updated
4703 Token right adjusted
4704 User right assigned
4705 User right removed
4706 Domain trust created
4707 Domain trust removed
4709 IPsec services started
4710 IPsec services disabled
4713 Kerberos policy changed
4714 Data recovery policy changed
4715 Audit policy of object changed
4716 Trusted domain modified
4717 System security access granted
4718 System security access removed
4719 Audit policy changed
4720 User account created
4722 User account enabled
4723 Password change attempt
4724 Password reset attempt
4725 User account disabled
4726 User account deleted
4727 Global group created
4728 Member added to global group
4729 Member removed from global group
4730 Global group deleted
4731 Local group created
4732 Member added to local group
4733 Member removed from local group
4734 Local group deleted
4735 Local group changed
4737 Global group changed
4738 User account changed
4739 Domain policy changed
4740 User account locked out
4741 Computer account created
4742 Computer account changed
4743 Computer account deleted
4744 Local distribution group created
4745 Local distribution group changed
4746 Member added to local distribution group
4747 Member removed from local distribution group
4748 Local distribution group deleted
4749 Global distribution group created
4750 Global distribution group changed
4751 Member added to global distribution group
4752 Member removed from global distribution group
4753 Global distribution group deleted
4754 Universal group created
4755 Universal group changed
4756 Member added to universal group
4757 Member removed from universal group
4758 Universal group deleted
4759 Universal distribution group created
4760 Universal distribution group changed
4761 Member added to universal distribution group
4762 Member removed from universal distribution group
4763 Universal distribution group deleted
4764 Group type changed
4765 SID history added
4766 Adding SID history failed
4767 User account unlocked
4768 Kerberos ticket requested
4769 Kerberos service ticket requested
4770 Kerberos service ticket renewed
4771 Kerberos pre-authentication failed
4772 Kerberos ticket request failed
4773 Kerberos service ticket request failed
4774 Account mapped for logon
4775 Account could not be mapped
4776 Credentials validated
4777 Credential validation failed
4778 Session reconnected
4779 Session disconnected
4780 Administrators’ access control list set
4781 Account name changed
4782 Password hash accessed
4783 Basic application group created
4784 Basic application group changed
4785 Member added to basic application group
4786 Member removed from basic application group
4790 LDAP query group created
4791 Basic application group changed
4792 LDAP query group deleted
4793 Password policy checking called
4794 Directory services restore mode password set
4797 Blank password queried
4798 Local group membership of user enumerated
4799 Local group membership enumerated
4800 Workstation locked
4801 Workstation unlocked
4802 Screen saver started
4803 Screen saver ended
4816 RPC integrity violation
4817 Audit settings of object changed
4818 Central access policy staging differs
4819 Central access policies changed
4820 Kerberos ticket denied by device restrictions
4821 Kerberos service ticket denied
4822 NTLM authentication failed by protected users
4823 NTLM authentication denied
4824 Kerberos pre-authentication failed by protected users
4825 Remote desktop access denied
4826 Boot configuration loaded
4830 SID history removed
`
