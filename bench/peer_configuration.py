"""The configuration of the peer: the least that does the work, which is FreeRADIUS at its strongest.

One module for each step, no log of requests, no policy, no proxying. Directives are those of the manual pages and
of the comments in FreeRADIUS's own configuration files.
"""

from pathlib import Path
from typing import NamedTuple

STOCK = ("/etc/freeradius/3.0", "/etc/raddb", "/usr/local/etc/raddb")  # where its SQL queries may lie
QUERIES = "mods-config/sql/main/sqlite/queries.conf"
SCHEMA = "mods-config/sql/main/sqlite/schema.sql"


class Work(NamedTuple):
    """What this peer does with a request."""

    modules: str
    authorize: str = ""
    authenticate: str = ""
    preacct: str = ""
    accounting: str = ""


class Frame(NamedTuple):
    """Where it runs. `threads` is the number of its worker threads."""

    home: Path
    auth_port: int
    acct_port: int
    secret: str
    threads: int


def _pool(connections: int) -> str:
    return f"""
    pool {{
      start = {connections}
      min = {connections}
      max = {connections}
      spare = 0
      uses = 0
      lifetime = 0
      idle_timeout = 0
      retry_delay = 1
    }}"""


def users_file(path: Path) -> Work:
    """Passwords in the users file, in clear: its quickest source."""
    modules = f"""
  files {{
    key = "%{{User-Name}}"
    usersfile = "{path}"
  }}"""
    return Work(modules, authorize="files\npap", authenticate="Auth-Type PAP {\npap\n}")


class Source(NamedTuple):
    """The directory to ask, and as whom."""

    uri: str
    base: str
    reader: str
    password: str
    connections: int

    def __repr__(self) -> str:
        return f"Source({self.uri})"


def ldap_search(source: Source) -> Work:
    """Search the person, fetch userPassword, compare: one question to the directory for each login."""
    modules = f"""
  ldap {{
    server = "{source.uri}"
    identity = "{source.reader}"
    password = "{source.password}"
    base_dn = "{source.base}"
    update {{
      control:Password-With-Header := 'userPassword'
    }}
    user {{
      base_dn = "{source.base}"
      filter = "(uid=%{{User-Name}})"
      scope = "sub"
    }}
    options {{
      chase_referrals = no
      rebind = no
      res_timeout = 5
      srv_timelimit = 5
      net_timeout = 2
    }}
{_pool(source.connections)}
  }}"""
    return Work(modules, authorize="ldap\npap", authenticate="Auth-Type PAP {\npap\n}")


def ldap_cache(source: Source) -> Work:
    """Do the same behind rlm_cache, which holds what was fetched for an hour."""
    cache = """
  cache {
    driver = "rlm_cache_rbtree"
    key = "%{User-Name}"
    ttl = 3600
    max_entries = 0
    update {
      &control:Password-With-Header := &control:Password-With-Header
    }
  }"""
    search = ldap_search(source)
    # The first call only looks; the second one, after the directory was asked, stores.
    authorize = (
        "update control {\n&Cache-Status-Only := yes\n}\ncache\nif (notfound) {\nldap\n}\n"
        "update control {\n&Cache-Status-Only !* ANY\n}\ncache\npap"
    )
    return search._replace(modules=search.modules + cache, authorize=authorize)


def sqlite(database: Path, stock: Path, connections: int) -> Work:
    """Accounting by the stock queries. Without a key of its own every session would be the same row."""
    modules = f"""
  sql {{
    driver = "rlm_sql_sqlite"
    dialect = "sqlite"
    sqlite {{
      filename = "{database}"
      busy_timeout = 5000
    }}
    acct_table1 = "radacct"
    acct_table2 = "radacct"
    postauth_table = "radpostauth"
    authcheck_table = "radcheck"
    groupcheck_table = "radgroupcheck"
    authreply_table = "radreply"
    groupreply_table = "radgroupreply"
    usergroup_table = "radusergroup"
    client_table = "nas"
    group_attribute = "SQL-Group"
    read_groups = no
    read_clients = no
{_pool(connections)}
    $INCLUDE {stock / QUERIES}
  }}"""
    preacct = (
        "update request {\n&Acct-Unique-Session-Id := "
        '"%{md5:%{NAS-IP-Address},%{NAS-Port},%{User-Name},%{Acct-Session-Id}}"\n}'
    )
    return Work(modules, preacct=preacct, accounting="sql")


def configuration(frame: Frame, work: Work) -> str:
    """Return radiusd.conf."""
    return f"""{_process(frame)}
client bench {{
  ipaddr = 127.0.0.1
  secret = "{frame.secret}"
  require_message_authenticator = yes
}}
modules {{
  pap {{
    normalise = yes
  }}
  always ok {{
    rcode = ok
  }}
  expr {{
  }}
{work.modules}
}}
server bench {{
{_listen("auth", frame.auth_port)}
{_listen("acct", frame.acct_port)}
  authorize {{
{work.authorize or "ok"}
  }}
  authenticate {{
{work.authenticate}
  }}
  preacct {{
{work.preacct or "ok"}
  }}
  accounting {{
{work.accounting or "ok"}
  }}
  post-auth {{
{_SIGNED}
    Post-Auth-Type REJECT {{
{_SIGNED}
    }}
  }}
}}
"""


_SIGNED = """update reply {
&Message-Authenticator := 0x00
}"""


def _process(frame: Frame) -> str:
    """Return what concerns the process as a whole: no log of requests, threads that are all there from the start."""
    return f"""prefix = "{frame.home}"
logdir = "{frame.home}"
raddbdir = "{frame.home}"
run_dir = "{frame.home}"
max_requests = 65536
max_request_time = 30
cleanup_delay = 5
hostname_lookups = no
proxy_requests = no
log {{
  destination = stderr
  auth = no
}}
security {{
  max_attributes = 200
  reject_delay = 0
  status_server = yes
}}
thread pool {{
  start_servers = {frame.threads}
  max_servers = {frame.threads}
  min_spare_servers = 1
  max_spare_servers = {frame.threads}
  max_requests_per_server = 0
  max_queue_size = 65536
  auto_limit_acct = no
}}"""


def _listen(kind: str, port: int) -> str:
    return f"""  listen {{
    type = {kind}
    ipaddr = 127.0.0.1
    port = {port}
    recv_buff = 4194304
  }}"""
