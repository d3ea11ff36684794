#!/bin/sh
# Installs, upgrades and removes the Shardlyn agent on a Linux machine.
# For any POSIX shell. What it does is in docs/machines.md and printed while it does it.
set -eu

usage() {
  cat <<'END'
Installs the Shardlyn agent: sh install.sh --server URL [flags]

Joining
  --server URL               the control plane, such as https://panel.example.com
  --fingerprint sha256//…    the public key that it must show, where its certificate is its own
  --token TOKEN              a registration token; or in the environment: SHARDLYN_TOKEN
  --api-token TOKEN          an API token with nodes.create instead; or SHARDLYN_API_TOKEN
  --token-file FILE          the same from files
  --api-token-file FILE
  --name NAME                what the machine is called; its host name unless said
  --label KEY=VALUE          a label; can be given again

What is allowed here. Off until it is said; what is not said stays as it is.
  --enable-terminal          a terminal in the dashboard            --disable-terminal
  --enable-host-files        files of this machine in the dashboard --disable-host-files
  --host-files-allow-paths A,B,C   only these folders; all of them unless said
  --host-files-writable      they may be changed as well            --host-files-read-only
  --enable-ssh-ca            the agent keeps sshd's trusted keys    --disable-ssh-ca
  --no-updates               no new versions from the control plane --updates
  --prefer-ipv4              reach the control plane by IPv4 first

Where
  --data-dir DIR             /var/lib/shardlyn-agent
  --prefix DIR               /opt/shardlyn-agent
  --service-name NAME        shardlyn-agent; with the two above: several agents on one machine

Otherwise
  --upgrade                  fetch the control plane's version; settings stay
  --uninstall [--purge]      remove the agent; with --purge its servers and their data too
  --dry-run                  only say what would be done
END
}

say() { printf '%s\n' "$*"; }
step() { printf '%s\n' "- $*"; }
fail() {
  printf 'Not installed: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
# A value as one word for a shell.
quote() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

name=shardlyn-agent
prefix=
data_dir=
server=
fingerprint=
token=${SHARDLYN_TOKEN:-}
api_token=${SHARDLYN_API_TOKEN:-}
unset SHARDLYN_TOKEN SHARDLYN_API_TOKEN
mode=install
purge=no
dry_run=no
work=

# Flags for the agent's own set-up are gathered as words, so that spaces in them stay.
settings=
pass() { for word in "$@"; do settings="$settings $(quote "$word")"; done; }

need() { [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value." "See --help."; }
read_file() { [ -r "$1" ] || fail "$1 cannot be read."; tr -d ' \t\r\n' <"$1"; }

parse() {
  while [ $# -gt 0 ]; do
    flag=$1
    case $flag in
    --*=*)
      rest=${flag#*=}
      flag=${flag%%=*}
      shift
      set -- "$flag" "$rest" "$@"
      ;;
    esac
    case $flag in
    --server) need "$@"; server=${2%/}; shift ;;
    --fingerprint) need "$@"; fingerprint=$2; shift ;;
    --token) need "$@"; token=$2; shift ;;
    --api-token) need "$@"; api_token=$2; shift ;;
    --token-file) need "$@"; token=$(read_file "$2"); shift ;;
    --api-token-file) need "$@"; api_token=$(read_file "$2"); shift ;;
    --name | --label | --host-files-allow-paths) need "$@"; pass "$flag" "$2"; shift ;;
    --enable-terminal | --disable-terminal | --enable-host-files | --disable-host-files) pass "$flag" ;;
    --host-files-writable | --host-files-read-only | --enable-ssh-ca | --disable-ssh-ca) pass "$flag" ;;
    --prefer-ipv4 | --no-updates | --updates) pass "$flag" ;;
    --data-dir) need "$@"; data_dir=$2; shift ;;
    --prefix) need "$@"; prefix=$2; shift ;;
    --service-name) need "$@"; name=$2; shift ;;
    --upgrade) mode=upgrade ;;
    --uninstall) mode=uninstall ;;
    --purge) purge=yes ;;
    --dry-run) dry_run=yes ;;
    --help | -h) usage; exit 0 ;;
    *) fail "there is no flag $flag." "See --help." ;;
    esac
    shift
  done
  case $name in
  '' | *[!A-Za-z0-9_-]* | -*) fail "--service-name takes letters, digits, - and _, not $name." ;;
  esac
  : "${prefix:=/opt/$name}"
  : "${data_dir:=/var/lib/$name}"
  for dir in "$prefix" "$data_dir"; do
    case $dir in
    / | /usr | /etc | /var | /opt | /home | /root | /var/lib | *..*) fail "$dir cannot be the agent's own folder." ;;
    /*) ;;
    *) fail "$dir must be a whole path, from /." ;;
    esac
  done
  [ "$purge" = no ] || [ "$mode" = uninstall ] || fail "--purge belongs to --uninstall."
}

check_machine() {
  [ "$(uname -s)" = Linux ] || fail "this script is for Linux, and this is $(uname -s)."
  if [ "$(id -u)" != 0 ] && [ "$dry_run" = no ]; then
    fail "it must run as root." "Run it again with sudo before it, or as root."
  fi
  if [ -d /run/systemd/system ] && has systemctl; then service=systemd; else service=supervised; fi
}

check_target() {
  case $(uname -m) in
  x86_64 | amd64) target=linux-x64 ;;
  aarch64 | arm64) target=linux-arm64 ;;
  *) fail "there is no agent for $(uname -m)." "It runs on 64-bit x86 (x86_64) and 64-bit ARM (aarch64)." ;;
  esac
  for tool in tar gzip sha256sum sed tr df; do
    has "$tool" || fail "$tool is missing here." "Install it and run this again."
  done
  if has curl; then
    client=curl
  elif has wget; then
    client=wget
    [ -z "$fingerprint" ] || fail "wget cannot check the control plane's own certificate safely." \
      "Install curl and run this again."
  else
    fail "neither curl nor wget is here." "Install curl and run this again."
  fi
}

# fetch URL FILE: goes on where it was cut.
fetch() {
  tries=0
  while :; do
    tries=$((tries + 1))
    if fetch_once "$1" "$2"; then return 0; fi
    [ "$tries" -lt 5 ] || return 1
    sleep "$tries"
  done
}
fetch_once() {
  if [ "$client" = curl ]; then
    set -- -fsS --connect-timeout 20 --speed-limit 1 --speed-time 60 -C - -o "$2" "$1"
    [ -z "$fingerprint" ] || set -- -k --pinnedpubkey "$fingerprint" "$@"
    case " $settings " in *"'--prefer-ipv4'"*) set -- -4 "$@" ;; esac
    curl "$@"
  else
    wget -q -c -T 60 -O "$2" "$1"
  fi
}

# field NAME: of the release in $release.
field() { printf '%s' "$release" | sed -n "s/.*\"$1\" *: *\"\{0,1\}\([A-Za-z0-9._+-]*\).*/\1/p"; }

find_release() {
  list=$work/releases.json
  fetch "$server/v1/agent/releases" "$list" || fail "$server does not answer as a control plane does." \
    "Check the address, that this machine reaches it, and --fingerprint where one was given."
  release=$(tr '{' '\n' <"$list" | grep "\"target\" *: *\"$target\"" || true)
  [ -n "$release" ] || fail "the control plane has no agent for $target." \
    "Its packaged app and npm run package bring the others along."
  version=$(field version) file=$(field file) sum=$(field sha256) size=$(field size)
  case $version in '' | .* | *[!A-Za-z0-9.+-]*) fail "the control plane names a version that is none: $version" ;; esac
  case $file in shardlyn-agent-*.tar.gz) ;; *) fail "the control plane names a file that is none: $file" ;; esac
  case $size in '' | *[!0-9]*) fail "the control plane does not say how large the agent is." ;; esac
  [ "${#sum}" = 64 ] || fail "the control plane does not say the agent's checksum."
}

existing_parent() {
  dir=$1
  while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
  printf '%s' "$dir"
}

# Packed and unpacked it lies there at the same time, for a moment.
check_space() {
  place=$(existing_parent "$prefix")
  # Device, blocks, used, available.
  free=$(df -Pk "$place" | sed -n '2s/^.*[ ]\([0-9][0-9]*\)  *[0-9]*%.*/\1/p')
  wanted=$((size / 1024 * 42 / 10))
  [ "$free" -ge "$wanted" ] || fail "there is too little room in $place." \
    "$((wanted / 1024 + 1)) MB are needed, $((free / 1024)) MB are free."
}

# The version lies in a folder of its own; one of the same name and other content gets its checksum behind it.
place_version() {
  short=$(printf '%.12s' "$sum")
  folder=$version
  if [ -f "$prefix/versions/$version/.sha256" ] && [ "$(cat "$prefix/versions/$version/.sha256")" != "$sum" ]; then
    folder="$version+$short"
  fi
  if [ "$(cat "$prefix/versions/$folder/.sha256" 2>/dev/null || true)" = "$sum" ]; then
    step "Version $version is here already."
    return 0
  fi
  new=$prefix/versions/.new-$$
  rm -rf "$prefix"/versions/.new-*
  mkdir -p "$new"
  step "Fetching $server/v1/agent/releases/$file ($((size / 1048576)) MB)."
  fetch "$server/v1/agent/releases/$file" "$work/$file" || fail "the agent could not be fetched." "Run this again."
  printf '%s  %s\n' "$sum" "$work/$file" | sha256sum -c - >/dev/null 2>&1 ||
    fail "what was fetched is not what the control plane has: its SHA-256 differs." "Nothing was changed. Run this again."
  tar -xzf "$work/$file" -C "$new" -o 2>/dev/null || tar -xzf "$work/$file" -C "$new" ||
    fail "the agent could not be unpacked in $prefix."
  rm -f "$work/$file"
  printf '%s' "$sum" >"$new/.sha256"
  said=$("$new/shardlyn-agent" --version 2>"$work/said") || fail "the agent does not run on this machine." "$(cat "$work/said")" \
    "It needs a system with glibc 2.28 or newer; Alpine and others with musl have none."
  [ "$said" = "$version" ] || fail "the bundle holds version $said, not $version."
  rm -rf "$prefix/versions/$folder"
  mv "$new" "$prefix/versions/$folder"
  step "Unpacked to $prefix/versions/$folder."
}

# Atomic where mv can replace a link, else as near as the system lets us.
point_current() {
  ln -sfn "versions/$1" "$prefix/.current.new"
  mv -fT "$prefix/.current.new" "$prefix/current" 2>/dev/null || {
    rm -f "$prefix/current"
    mv -f "$prefix/.current.new" "$prefix/current"
  }
}

write_starter() {
  {
    cat <<'END'
#!/bin/sh
# Starts the agent, and the last good version again when a new one does not work. Written by the install script.
set -u
END
    printf 'prefix=%s\ndata_dir=%s\n' "$(quote "$prefix")" "$(quote "$data_dir")"
    cat <<'END'
point() {
  ln -sfn "versions/$1" "$prefix/.current.start"
  mv -fT "$prefix/.current.start" "$prefix/current" 2>/dev/null ||
    { rm -f "$prefix/current"; mv -f "$prefix/.current.start" "$prefix/current"; }
}
# trial: NEW OLD TRIES. It is there from an update until the new version reached the control plane.
if [ -f "$prefix/trial" ]; then
  read -r new old tries <"$prefix/trial" || true
  case ${tries:-} in 0 | 1 | 2) ;; *) tries=9 ;; esac
  if [ "$tries" -gt 2 ] && [ -x "$prefix/versions/$old/shardlyn-agent" ]; then
    [ -f "$prefix/failed" ] || printf '%s %s\n' "$new" 'It ended soon after its start, three times.' >"$prefix/failed"
    point "$old"
    rm -f "$prefix/trial"
    printf 'Version %s did not work; version %s starts again.\n' "$new" "$old" >&2
  else
    printf '%s %s %s\n' "$new" "$old" "$((tries + 1))" >"$prefix/trial.new" && mv -f "$prefix/trial.new" "$prefix/trial"
    point "$new"
    # One that hangs does not end by itself. The number is still that agent's while the trial is at this attempt.
    marked="$new $old $((tries + 1))"
    pid=$$
    (
      sleep 150
      [ "$(cat "$prefix/trial" 2>/dev/null)" = "$marked" ] || exit 0
      tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$prefix/versions/" && kill -9 "$pid"
    ) </dev/null >/dev/null 2>&1 &
  fi
fi
exec "$prefix/current/shardlyn-agent" --data-dir "$data_dir"
END
  } >"$prefix/.start.new"
  chmod 755 "$prefix/.start.new"
  mv -f "$prefix/.start.new" "$prefix/start"
}

unit=
install_systemd() {
  unit=/etc/systemd/system/$name.service
  # In a unit % begins a specifier, and quotes and backslashes are its own.
  exec_start=$(printf '%s' "$prefix/start" | sed 's/\\/\\\\/g; s/"/\\"/g; s/%/%%/g; s/\$/$$/g')
  cat >"$unit.new" <<END
[Unit]
Description=Shardlyn agent
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart="$exec_start"
Restart=always
RestartSec=2
# 11 and 12: it has no token to join with, or that was refused. Starting it again would not help.
RestartPreventExitStatus=11 12
# Servers are processes of their own and run on while the agent is stopped, restarted or replaced.
KillMode=process
TimeoutStopSec=20
Delegate=yes
TasksMax=infinity
LimitNOFILE=524288
# Servers, terminals and what people start in them are born of this service: what it was denied they would be denied too.
# So it is only kept from what none of them needs.
KeyringMode=private
OOMPolicy=continue

[Install]
WantedBy=multi-user.target
END
  chmod 644 "$unit.new"
  mv -f "$unit.new" "$unit"
  systemctl daemon-reload
  systemctl enable -q "$name.service"
  systemctl restart "$name.service"
  step "It runs as the service $name: systemctl status $name"
}

write_supervisor() {
  {
    printf '#!/bin/sh\n# Keeps the agent running where there is no systemd. Written by the install script.\n'
    printf 'prefix=%s\ndata_dir=%s\n' "$(quote "$prefix")" "$(quote "$data_dir")"
    cat <<'END'
set -u
pid_file=$prefix/supervise.pid
# PID and START: a later process with the same number has another start.
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
running() {
  [ -f "$pid_file" ] || return 1
  read -r pid start <"$pid_file" || return 1
  [ -n "${start:-}" ] && [ "$(start_of "$pid")" = "$start" ]
}
case ${1:-start} in
start)
  running && exit 0
  if command -v setsid >/dev/null 2>&1; then
    setsid "$0" loop </dev/null >/dev/null 2>&1 &
  else
    nohup "$0" loop </dev/null >/dev/null 2>&1 &
  fi
  ;;
stop)
  running || exit 0
  kill "$pid" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    running || exit 0
    sleep 1
  done
  kill -9 "$pid" 2>/dev/null
  ;;
status) running ;;
loop)
  running && exit 0
  printf '%s %s\n' "$$" "$(start_of $$)" >"$pid_file"
  cd /
  agent=
  trap '[ -z "$agent" ] || kill "$agent" 2>/dev/null; [ -z "$agent" ] || wait "$agent"; rm -f "$pid_file"; exit 0' TERM INT HUP
  while :; do
    "$prefix/start" </dev/null >>"$data_dir/agent.out" 2>&1 &
    agent=$!
    wait "$agent"
    code=$?
    agent=
    # It has no token to join with, or that was refused. Starting it again would not help.
    case $code in 11 | 12) rm -f "$pid_file"; exit "$code" ;; esac
    [ "$(wc -c <"$data_dir/agent.out" 2>/dev/null || echo 0)" -lt 262144 ] || : >"$data_dir/agent.out"
    sleep 2
  done
  ;;
esac
END
  } >"$prefix/.supervise.new"
  chmod 755 "$prefix/.supervise.new"
  mv -f "$prefix/.supervise.new" "$prefix/shardlyn-agent-supervise"
}

# How it starts with the machine, where there is no systemd.
install_boot() {
  line="$(quote "$prefix/shardlyn-agent-supervise") start"
  if [ -d /etc/init.d ] && { has update-rc.d || has chkconfig; }; then
    cat >"/etc/init.d/$name" <<END
#!/bin/sh
### BEGIN INIT INFO
# Provides:          $name
# Required-Start:    \$network \$local_fs
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Shardlyn agent
### END INIT INFO
# chkconfig: 2345 90 10
case "\$1" in
restart | force-reload) $(quote "$prefix/shardlyn-agent-supervise") stop; exec $line ;;
*) exec $(quote "$prefix/shardlyn-agent-supervise") "\$1" ;;
esac
END
    chmod 755 "/etc/init.d/$name"
    if has update-rc.d; then update-rc.d "$name" defaults >/dev/null 2>&1 || true; else chkconfig --add "$name" || true; fi
    step "It starts with the machine: /etc/init.d/$name"
  elif [ -x /etc/rc.local ]; then
    grep -qF "$line" /etc/rc.local || {
      grep -v '^exit 0' /etc/rc.local >"$work/rc.local" || true
      printf '%s\n' "$line" >>"$work/rc.local"
      cat "$work/rc.local" >/etc/rc.local
    }
    step "It starts with the machine: /etc/rc.local"
  elif has crontab; then
    { crontab -l 2>/dev/null | grep -vF "$line" || true; printf '@reboot %s\n' "$line"; } | crontab -
    step "It starts with the machine: root's crontab"
  else
    say "Note: nothing here starts programs with the machine (no systemd, init.d, rc.local or cron)."
    say "After a restart of the machine run: $line"
  fi
}

install_supervised() {
  write_supervisor
  "$prefix/shardlyn-agent-supervise" stop
  install_boot
  "$prefix/shardlyn-agent-supervise" start
  step "It runs, and is started again when it ends: $prefix/shardlyn-agent-supervise status"
}

# Settings and joining are the agent's own work; tokens reach it in its environment, which others cannot see.
set_up() {
  [ -z "$server" ] || settings="$settings '--server' $(quote "$server")"
  [ -z "$fingerprint" ] || settings="$settings '--fingerprint' $(quote "$fingerprint")"
  eval "set -- $settings"
  SHARDLYN_TOKEN=$token SHARDLYN_API_TOKEN=$api_token \
    "$prefix/versions/$folder/shardlyn-agent" --setup --service "$service" --data-dir "$data_dir" "$@" || exit 1
}

known_server() { sed -n 's/.*"url" *: *"\([^"]*\)".*/\1/p' "$data_dir/server.json" 2>/dev/null || true; }
known_fingerprint() { sed -n 's/.*"fingerprint" *: *"\([^"]*\)".*/\1/p' "$data_dir/server.json" 2>/dev/null || true; }

install_agent() {
  # Run again, the machine knows where it belongs.
  if [ -z "$server" ]; then
    server=$(known_server)
    fingerprint=$(known_fingerprint)
    [ -n "$server" ] || fail "--server is missing." "Copy the whole command from Add machine in the dashboard."
  fi
  case $server in
  http://* | https://*) ;;
  *) fail "--server must begin with http:// or https://, not $server" ;;
  esac
  case $server in *[!A-Za-z0-9.:/_~%@-]*) [ "${server#*\[}" != "$server" ] || fail "--server is not an address: $server" ;; esac
  case $fingerprint in '' | sha256//*) ;; *) fail "--fingerprint must begin with sha256//" ;; esac
  if [ "$mode" = install ] && [ -z "$token$api_token" ] && [ ! -f "$data_dir/identity.json" ]; then
    fail "there is no token to join with." "Give --token, or set SHARDLYN_TOKEN."
  fi
  if [ "$mode" = upgrade ] && [ ! -L "$prefix/current" ]; then
    fail "there is no agent in $prefix to upgrade."
  fi
  check_target
  work=$(mktemp -d "${TMPDIR:-/tmp}/shardlyn-install.XXXXXX")
  trap 'rm -rf "$work" "$prefix"/versions/.new-*' EXIT
  trap 'exit 130' INT TERM HUP
  case $server in http://*) say "Note: $server is not encrypted; only use it in a network that you trust." ;; esac
  find_release
  if [ "$dry_run" = yes ]; then
    say "Would install version $version for $target from $server,"
    say "  into $prefix, with data in $data_dir, as the $service service $name."
    exit 0
  fi
  say "Installing the Shardlyn agent $version ($target)."
  check_space
  mkdir -p "$prefix/versions" "$data_dir"
  chmod 755 "$prefix" "$prefix/versions"
  chmod 711 "$data_dir"
  # The bundle is unpacked beside itself, not in a /tmp that may be small.
  rm -rf "$work/keep"
  rm -rf "$prefix"/.fetch-*
  mkdir "$prefix/.fetch-$$"
  trap 'rm -rf "$work" "$prefix"/versions/.new-* "$prefix"/.fetch-*' EXIT
  cp "$work/releases.json" "$prefix/.fetch-$$/"
  rm -rf "$work"
  work=$prefix/.fetch-$$
  place_version
  set_up
  rm -f "$prefix/trial" "$prefix/failed"
  point_current "$folder"
  write_starter
  if [ "$service" = systemd ]; then install_systemd; else install_supervised; fi
  say "Done. This machine shows up in the dashboard within seconds."
  say "To remove it: $(quote "$prefix/current/install.sh") --uninstall$(where_flags)"
}

where_flags() {
  [ "$name" = shardlyn-agent ] || printf ' --service-name %s' "$name"
  [ "$prefix" = "/opt/$name" ] || printf ' --prefix %s' "$(quote "$prefix")"
  [ "$data_dir" = "/var/lib/$name" ] || printf ' --data-dir %s' "$(quote "$data_dir")"
}

uninstall_agent() {
  [ "$dry_run" = no ] || { say "Would remove the service $name and $prefix$([ "$purge" = no ] || printf ', and end its servers and delete %s' "$data_dir")."; exit 0; }
  found=no
  if [ -f "/etc/systemd/system/$name.service" ]; then
    found=yes
    if has systemctl; then systemctl disable -q --now "$name.service" 2>/dev/null || true; fi
    rm -f "/etc/systemd/system/$name.service"
    if has systemctl; then systemctl daemon-reload 2>/dev/null || true; fi
    step "The service $name is stopped and removed."
  fi
  if [ -x "$prefix/shardlyn-agent-supervise" ]; then
    found=yes
    "$prefix/shardlyn-agent-supervise" stop || true
    line="$(quote "$prefix/shardlyn-agent-supervise") start"
    if [ -f "/etc/init.d/$name" ]; then
      if has update-rc.d; then update-rc.d -f "$name" remove >/dev/null 2>&1 || true; fi
      if has chkconfig; then chkconfig --del "$name" 2>/dev/null || true; fi
      rm -f "/etc/init.d/$name"
    fi
    if [ -f /etc/rc.local ] && grep -qF "$line" /etc/rc.local; then
      kept=$(grep -vF "$line" /etc/rc.local || true)
      printf '%s\n' "$kept" >/etc/rc.local
    fi
    if has crontab && crontab -l 2>/dev/null | grep -qF "$line"; then
      { crontab -l | grep -vF "$line" || true; } | crontab -
    fi
    step "The agent is stopped and does not start with the machine any more."
  fi
  if [ -x "$prefix/current/shardlyn-agent" ] && [ -d "$data_dir" ]; then
    "$prefix/current/shardlyn-agent" --remove-ssh --data-dir "$data_dir" ||
      say "Note: what the agent wrote into sshd's settings could not be taken out; see /etc/ssh/sshd_config.d."
  fi
  if [ "$purge" = yes ] && [ -x "$prefix/current/shardlyn-agent" ] && [ -d "$data_dir" ]; then
    "$prefix/current/shardlyn-agent" --purge --data-dir "$data_dir" || fail "not all servers could be ended." \
      "Nothing was deleted. End them and run this again."
  fi
  if [ -d "$prefix/versions" ]; then
    found=yes
    rm -rf "$prefix/versions" "$prefix/current" "$prefix/start" "$prefix/shardlyn-agent-supervise" \
      "$prefix/supervise.pid" "$prefix/trial" "$prefix/failed"
    rmdir "$prefix" 2>/dev/null || true
    step "$prefix is removed."
  fi
  if [ "$purge" = yes ]; then
    rm -rf "$data_dir"
    step "$data_dir is removed, with the data of its servers."
  elif [ -d "$data_dir" ]; then
    found=yes
    say "Left as they are: $data_dir, with the servers' data, the agent's settings and its identity."
    [ ! -d "$data_dir/instances" ] || say "Servers that run go on until the machine restarts; --uninstall --purge ends them."
  fi
  [ "$found" = yes ] || { say "There is no agent here."; exit 0; }
  say "Done. Remove the machine in the dashboard as well."
}

parse "$@"
# Wherever it was started may go away, or is not there any more.
cd /
check_machine
if [ "$mode" = uninstall ]; then uninstall_agent; else install_agent; fi
