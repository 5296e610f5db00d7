# shellcheck shell=bash
# To be sourced. npm_packages FOLDER: the packages of FOLDER/package-lock.json in the working
# folder, fetched from npm once, and again when that list changes. Nothing is run that a package
# brings along.
npm_packages() {
  cmp -s "$1/package-lock.json" installed.json && return
  cp "$1/package.json" "$1/package-lock.json" .
  npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
  cp package-lock.json installed.json
}
