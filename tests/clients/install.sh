#!/usr/bin/env bash
# Installs the clients that clients.txt lists: Go programs and a Python environment below
# target/clients, Debian packages into the system. Leaves alone what is already there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/clients
failures=0

say() { printf 'clients: %s\n' "$*"; }

# Counts a client that could not be installed and goes on, so that one run tells them all.
fail() {
    printf 'clients: %s\n' "$*" >&2
    failures=$((failures + 1))
}

# need TOOL WHAT: whether the tool is on the path; if not, what would bring it.
need() {
    command -v "$1" >/dev/null || { fail "$name needs $1, which is not here: install $2"; return 1; }
}

go_program() {
    need go 'Go 1.26 or newer' || return 0
    local at=${package##*@}
    if [[ -x $tools/bin/$name ]] && go version -m "$tools/bin/$name" | grep -qE "^[[:space:]]mod[[:space:]].*[[:space:]]$at([[:space:]]|\$)"; then
        return 0
    fi
    say "installing $name $version"
    GOFLAGS= GOBIN=$tools/bin go install "$package" || { fail "$name did not install"; return 0; }
    local path=${package%@*}
    [[ ${path##*/} == "$name" ]] || mv "$tools/bin/${path##*/}" "$tools/bin/$name"
}

# The module is pinned in go.mod; building the test brings it, and leaves it in the build cache.
go_test() {
    need go 'Go 1.26 or newer' || return 0
    local module=${package%@*} pinned
    pinned=$(cd "$here/go" && go list -mod=readonly -m -f '{{.Path}}@{{.Version}}' "$module") || { fail "$name: no $module in go.mod"; return 0; }
    [[ $pinned == "$package" ]] || fail "$name: clients.txt has $package, go.mod has $pinned"
    (cd "$here/go" && go test -mod=readonly -run '^$' . >/dev/null) || fail "$name: its test did not build"
}

python_package() {
    need python3 'Python 3.11 or newer' || return 0
    local python=$tools/venv/bin/python probe='import importlib.metadata as m, sys; print(m.version(sys.argv[1]))'
    if [[ -x $python && $("$python" -c "$probe" "${package%%=*}" 2>/dev/null) == "$version" ]]; then
        return 0
    fi
    say "installing $name $version"
    python3 -m venv "$tools/venv" || { fail "$name needs Python's venv: install the package python3-venv"; return 0; }
    "$python" -m pip install --quiet --constraint "$here/python/constraints.txt" "$package" || fail "$name did not install"
}

apt_updated=
debian_package() {
    if ! dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
        need apt-get 'it from your system, or run this on Debian' || return 0
        local root=()
        if [[ $(id -u) != 0 ]]; then
            need sudo 'sudo, or run this as root' || return 0
            root=(sudo)
        fi
        say "installing $name"
        [[ $apt_updated ]] || "${root[@]}" apt-get update --quiet=2 || fail 'the lists of Debian packages could not be read'
        apt_updated=yes
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends "$package" >/dev/null ||
            { fail "$name did not install"; return 0; }
    fi
    local found
    found=$(dpkg-query --show --showformat='${Version}' "$package")
    [[ $found == "$version"[-+~]* ]] || say "$name is $found here; $version is the one that was tried"
}

mkdir -p "$tools/bin"
while read -r name version kind package note; do
    [[ -z $name || $name == '#'* ]] && continue
    # What the list says cannot run is not installed either.
    [[ $note == 'cannot run:'* ]] && continue
    case $kind in
        go) go_program ;;
        gotest) go_test ;;
        golang) need go "Go $version or newer" || true ;;
        pypi) python_package ;;
        debian) debian_package ;;
        *) fail "$name has the unknown kind $kind" ;;
    esac
done <"$here/clients.txt"

if ((failures)); then
    say "$failures could not be installed"
    exit 1
fi
say 'all are installed'
