# Shared by the scripts beside it; sourced, never run. Expects `root`, the project's folder.
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
note() { printf 'setup: %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# The project's own tools come first on the path; `.tools/env` holds what an earlier set-up decided (which toolchain).
mkdir -p "$root/.tools"
export PATH="$root/.tools/bin:$root/tools/node_modules/.bin:$PATH"
if [ -f "$root/.tools/env" ]; then . "$root/.tools/env"; fi

# Runs a command with root's rights, without ever asking for a password. 77 says that it could not even be tried.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 77
  fi
}

# Installs Debian packages. Callers ask only for what they found missing.
debian_install() {
  have apt-get || fail "please install $* (no apt-get here, so this cannot be done for you)"
  note "installing Debian packages: $*"
  local rc=0 log=$root/.tools/apt.log
  { as_root apt-get -q update && as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"; } \
    >"$log" 2>&1 9>&- || rc=$?
  [ $rc != 77 ] || fail "Debian packages are missing, and sudo is not there or would ask for a password. Run this once, then start again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
  [ $rc = 0 ] || { tail -n 15 "$log" >&2; fail "apt-get could not install $*; the whole log is in $log"; }
}
