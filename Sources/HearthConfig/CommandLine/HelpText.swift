/// What `-h` and `-i` print.
enum HelpText {
  static let usage = """
    hearthd \(hearthVersion)
        --config=<file>       read settings from a YAML file; flags override it
        --check               check the settings, say so and exit
        --admin=<addr>        admin interface (HTTP) for hearthctl: <port>,
                              <addr>:<port> on loopback, or the absolute path of
                              a UNIX socket (default: off)
        --node=<name>         which node of the file's cluster this is (default:
                              the one with the name of this machine)
    -p, --port=<num>          TCP port to listen on (default: 11211, 0 is off,
                              -1 is any free port)
    -U, --udp-port=<num>      UDP port to listen on (default: 0, off)
    -s, --unix-socket=<file>  UNIX socket to listen on (disables network support)
    -a, --unix-mask=<mask>    access mask for UNIX socket, in octal (default: 700)
    -A, --enable-shutdown     enable ascii "shutdown" command
    -l, --listen=<addr>       interface to listen on (default: 127.0.0.1);
                              several with commas or by repeating the flag:
                              <addr>, <addr>:<port>, [<ipv6>]:<port>,
                              * for every IPv4 address
    -d, --daemon              run as a daemon
    -r, --enable-coredumps    maximize core file limit
    -u, --user=<user>         assume identity of <username> (only when run as root)
    -m, --memory-limit=<num>  memory for everything in megabytes (default: 64)
    -M, --disable-evictions   return error on memory exhausted instead of evicting
    -c, --conn-limit=<num>    max simultaneous connections (default: 1024)
    -k, --lock-memory         lock down all paged memory
    -v, --verbose             verbose (print errors/warnings while in event loop)
    -vv                       very verbose (also print client commands/responses)
    -vvv                      extremely verbose (internal state transitions)
    -h, --help                print this help and exit
    -i, --license             print the license and exit
    -V, --version             print version and exit
    -P, --pidfile=<file>      save PID in <file>
    -D <char>     Use <char> as the delimiter between key prefixes and IDs.
                  This is used for per-prefix stats reporting. The default is
                  ":" (colon). If this option is specified, stats collection
                  is turned on automatically; if not, then it may be turned on
                  by sending the "stats detail on" command to the server.
    -t, --threads=<num>       number of threads to use (default: 4, at most 64)
    -R, --max-reqs-per-event  maximum number of requests per event, limits the
                              requests processed per connection to prevent
                              starvation (default: 20)
    -C, --disable-cas         disable use of CAS
    -b, --listen-backlog=<num> set the backlog queue limit (default: 1024)
    -B, --protocol=<name>     protocol - ascii or auto (default: auto);
                              binary is not in this version
    -I, --max-item-size=<num> adjusts max item size
                              (default: 1m, min: 1k, max: 1024m)
    -F, --disable-flush-all   disable flush_all command
    -X, --disable-dumping     disable stats cachedump, stats detail and
                              lru_crawler metadump and mgdump
    -o, --extended            comma separated list of extended options
       - idle_timeout:        timeout for idle connections. (default: 0, no timeout)
       - memcached's others are accepted with a note that they have no meaning
         here; ssl_* and proxy_* are refused
    Accepted with a note: -f, -n, -L, -N, -W.
    Refused, because they are not in this version: -S, -Y, -Z, -e.

    """

  static let license = """
    hearthd \(hearthVersion)

    Licensed under the Apache License, Version 2.0 (the "License"); you may not use
    this program except in compliance with the License. You may obtain a copy at

        http://www.apache.org/licenses/LICENSE-2.0

    Unless required by applicable law or agreed to in writing, software distributed
    under the License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR
    CONDITIONS OF ANY KIND, either express or implied. See the License for the
    specific language governing permissions and limitations under the License.

    libevent, which it uses, is under the 3-clause BSD license; Yams and libyaml
    are under the MIT license; xxHash is under the 2-clause BSD license.

    """
}
