"""The configuration of the private Dovecot, to be filled in by `str.format`."""

SHARED = """
namespace shared {{
  type = shared
  separator = /
  prefix = BAL/%%u/
  location = {format}:{root}/home/%%u/mail
  subscriptions = no
  list = children
}}
plugin {{
  acl_shared_dict = file:{root}/home/shared
}}
"""
"""Mailboxes of others, where they gave the right (ACL, RFC 4314)."""

CONF = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
instance_name = {name}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
protocols = imap lmtp sieve submission
listen = {host}
hostname = localhost
mail_home = {root}/home/%u
mail_location = {format}:~/mail
mail_plugins = acl quota
mail_attribute_dict = file:{root}/home/%u/attributes
mailbox_list_index = yes
mail_max_userip_connections = {connections}
mail_fsync = never
disable_plaintext_auth = yes
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
auth_ssl_username_from_cert = yes
ssl = required
ssl_cert = <{root}/tls/server.pem
ssl_key = <{root}/tls/server.key
ssl_ca = <{root}/tls/ca.pem
ssl_require_crl = no
ssl_verify_client_cert = yes
ssl_cert_username_field = commonName
ssl_min_protocol = TLSv1.2
ssl_client_ca_file = {root}/tls/ca.pem
{capability}

passdb {{
  driver = static
  mechanisms = external
  args = nopassword
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {root}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {root}/users
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "Envoyés" {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Brouillons {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Corbeille {{
    auto = subscribe
    special_use = \\Trash
  }}
  mailbox "Indésirables" {{
    auto = subscribe
    special_use = \\Junk
  }}
  mailbox Archives {{
    auto = subscribe
    special_use = \\Archive
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    port = {sieve}
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {submission}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
  unix_listener lmtp {{
    mode = 0600
  }}
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0600
  }}
}}
protocol imap {{
  mail_plugins = $mail_plugins imap_acl imap_quota
  imap_metadata = yes
}}
protocol lmtp {{
  mail_plugins = $mail_plugins sieve
  postmaster_address = postmaster@{domain}
}}
submission_relay_host = {relay_host}
submission_relay_port = {relay_port}
submission_relay_trusted = no
submission_max_mail_size = 25M
recipient_delimiter = +
lda_mailbox_autocreate = yes
{answers}
{shared}
plugin {{
  acl = vfile
  quota = count:BAL
  quota_vsizes = yes
  quota_rule = *:storage={quota}B
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_vacation_min_period = 0
}}
"""
