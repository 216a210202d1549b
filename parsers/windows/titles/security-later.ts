// What the later events of the Security log are called: certificates, firewall, directory, filtering platform.
export const SECURITY_LATER = `
4864 Namespace collision detected
4865 Trusted forest information added
4866 Trusted forest information removed
4867 Trusted forest information modified
4868 Certificate request denied
4869 Certificate request resubmitted
4870 Certificate revoked
4871 Revocation list requested
4872 Revocation list published
4873 Certificate request extension changed
4874 Certificate request attributes changed
4875 Certificate services shutdown requested
4876 Certificate services backup started
4877 Certificate services backup completed
4878 Certificate services restore started
4879 Certificate services restore completed
4880 Certificate services started
4881 Certificate services stopped
4882 Certificate services permissions changed
4883 Archived key retrieved
4884 Certificate imported
4885 Certificate services audit filter changed
4886 Certificate requested
4887 Certificate issued
4888 Certificate request denied
4889 Certificate request pending
4890 Certificate manager settings changed
4891 Certificate services configuration changed
4892 Certificate services property changed
4893 Key archived
4894 Key imported and archived
4895 CA certificate published
4896 Certificate database rows deleted
4897 Role separation enabled
4898 Certificate template loaded
4899 Certificate template updated
4900 Certificate template security updated
4902 Per-user audit policy table created
4904 Security event source registered
4905 Security event source unregistered
4906 CrashOnAuditFail changed
4907 Audit settings of object changed
4908 Special groups logon table modified
4909 TBS policy changed
4910 TBS group policy changed
4911 Resource attributes of object changed
4912 Per-user audit policy changed
4913 Central access policy of object changed
4928 Replica source naming context established
4929 Replica source naming context removed
4930 Replica source naming context modified
4931 Replica destination naming context modified
4932 Replica synchronisation started
4933 Replica synchronisation ended
4934 Object attributes replicated
4935 Replication failure began
4936 Replication failure ended
4937 Lingering object removed
4944 Firewall policy active at start
4945 Firewall rule listed at start
4946 Firewall rule added
4947 Firewall rule modified
4948 Firewall rule deleted
4949 Firewall settings restored
4950 Firewall setting changed
4951 Firewall rule ignored by version
4952 Parts of firewall rule ignored
4953 Firewall rule could not be parsed
4954 Firewall group policy changed
4956 Firewall profile changed
4957 Firewall rule not applied
4958 Firewall rule not applied on this computer
4960 IPsec integrity check failed
4961 IPsec replay check failed
4962 IPsec replay check failed
4963 IPsec dropped clear text packet
4964 Special groups assigned to new logon
4965 IPsec packet with wrong index
4976 IPsec main mode packet invalid
4977 IPsec quick mode packet invalid
4978 IPsec extended mode packet invalid
4985 Transaction state changed
5024 Firewall started
5025 Firewall stopped
5027 Firewall could not load policy
5028 Firewall could not parse policy
5029 Firewall driver failed
5030 Firewall failed to start
5031 Firewall blocked application
5032 Firewall could not notify user
5033 Firewall driver started
5034 Firewall driver stopped
5035 Firewall driver failed to start
5037 Firewall driver critical error
5038 Code integrity: invalid image hash
5039 Registry key virtualised
5051 File virtualised
5056 Cryptographic self test
5057 Cryptographic primitive failed
5058 Key file operation
5059 Key migration operation
5060 Verification failed
5061 Cryptographic operation
5062 Kernel cryptographic self test
5063 Cryptographic provider operation
5064 Cryptographic context operation
5065 Cryptographic context modified
5066 Cryptographic function operation
5067 Cryptographic function modified
5068 Cryptographic function provider operation
5069 Cryptographic function property operation
5070 Cryptographic function property modified
5136 Directory object modified
5137 Directory object created
5138 Directory object undeleted
5139 Directory object moved
5140 Share accessed
5141 Directory object deleted
5142 Share added
5143 Share modified
5144 Share deleted
5145 Share object checked
5146 Filtering platform blocked packet
5147 Restrictive filter blocked packet
5148 Denial of service detected
5149 Denial of service ended
5150 Filtering platform blocked packet
5151 Restrictive filter blocked packet
5152 Packet blocked
5153 Packet vetoed
5154 Listening permitted
5155 Listening blocked
5156 Connection permitted
5157 Connection blocked
5158 Bind permitted
5159 Bind blocked
5168 SPN check for SMB failed
5169 Directory object modified
5376 Credential manager credentials backed up
5377 Credential manager credentials restored
5378 Credential delegation disallowed by policy
5379 Credential manager credentials read
5380 Vault credentials searched
5381 Vault credentials read
5382 Vault credentials read
5440 Filtering callout present at start
5441 Filter present at start
5442 Filtering provider present at start
5443 Filtering provider context present at start
5444 Filtering sub-layer present at start
5446 Filtering callout changed
5447 Filter changed
5448 Filtering provider changed
5449 Filtering provider context changed
5450 Filtering sub-layer changed
5451 IPsec quick mode established
5452 IPsec quick mode ended
5632 Wireless network authentication
5633 Wired network authentication
5712 RPC attempted
5888 COM+ object modified
5889 COM+ object deleted
5890 COM+ object added
6144 Group policy security settings applied
6145 Group policy security settings failed
6272 Network access granted
6273 Network access denied
6274 Network access request discarded
6275 Accounting request discarded
6276 User quarantined
6277 Access granted on probation
6278 Full access granted
6279 User account locked out
6280 User account unlocked
6281 Code integrity: invalid page hash
6400 Distributed cache: bad response
6401 Distributed cache: invalid data
6402 Distributed cache: bad offer
6404 Distributed cache: peer not authenticated
6409 Distributed cache: service point not parsed
6410 Code integrity: file not eligible
6416 External device recognised
6417 FIPS self test succeeded
6418 FIPS self test failed
6419 Device disable requested
6420 Device disabled
6421 Device enable requested
6422 Device enabled
6423 Device installation forbidden
6424 Device installation allowed after being forbidden
`
