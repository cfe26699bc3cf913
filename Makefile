# make run   a demo county in the browser, from a bare clone
# make test  everything that is tested
# make check format, types, contracts, messages, migrations: seconds
# make bench what docs/benchmarks.md says, measured here
# make battery  kills, faults, races and the rest of docs/battery.md; SIZE=ci for five minutes
.PHONY: help setup run test check bench battery
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
LINLI := $(BIN)/linli
SIZE ?= nightly
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
DIST := linli/web/static/dist/.made
FONTS := linli/prints/fonts/.made
# The sprite holds the icons that templates and menus name.
FRONTEND := $(shell find frontend -name node_modules -prune -o -path frontend/fonts -prune -o -type f -print 2>/dev/null) \
	$(shell grep -rlE 'icon *=|\{% *icon' linli --include=*.html --include=*.py 2>/dev/null)
WORDS := locale/en/LC_MESSAGES/django.mo

# Node of this machine if it is new enough, else the one that came with the Python packages.
NODE = if ! node -e 'process.exit(+process.versions.node.split(".")[0] < 20)' 2>/dev/null \
	|| ! command -v npm >/dev/null; then PATH="$$PWD/$(BIN):$$PATH"; fi

help:
	@echo 'make run    演示区县，在浏览器里打开 / the demo county, in the browser'
	@echo 'make test   全部测试 / every test'
	@echo 'make check  格式、类型、依赖、文案、迁移 / format, types, contracts, messages, migrations'
	@echo 'make bench  性能测量 / the measured figures'
	@echo 'make battery 断电、坏盘、并发、篡改 / kills, faults, races, tampering (SIZE=ci)'
	@echo 'make setup  只安装 / only install'

setup: .venv/installed $(DIST) $(FONTS) $(WORDS)

run: export LINLI_DEMO = 1
run: setup
	@$(LINLI) migrate -v0
	@$(LINLI) demo
	@$(LINLI) serve

test: setup
	@$(PYTEST)

check: setup
	@$(PYTEST) -q tests/shape

bench: setup
	@$(BIN)/python -m bench --write

battery: setup
	@$(BIN)/python -m battery --size $(SIZE) --database sqlite --database here $(if $(filter ci,$(SIZE)),,--write)

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo '需要 Python 3.11 或更新的版本 / Python 3.11 or newer is needed (PYTHON=…)'; exit 1; }
	@test -x $(BIN)/python -a -x $(BIN)/pip || $(PYTHON) -m venv .venv \
	  || { echo '缺少 venv：Debian 上 apt install python3-venv / the venv module is missing'; exit 1; }
	@echo '安装 Python 组件 / installing the Python packages'
	@$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: \
	  --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

frontend/node_modules/.made: frontend/package-lock.json | .venv/installed
	@echo '安装网页组件 / installing the browser packages'
	@$(NODE); cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): frontend/node_modules/.made $(FRONTEND)
	@echo '生成网页资源 / building the front end'
	@$(NODE); cd frontend && npm run --silent build
	@$(BIN)/python -m whitenoise.compress -q linli/web/static/dist
	@touch $@

$(FONTS): frontend/fonts/package-lock.json frontend/fonts/copy.mjs | .venv/installed
	@echo '安装打印字体 / installing the typefaces for papers'
	@$(NODE); cd frontend/fonts && npm ci --no-audit --no-fund --loglevel=error && node copy.mjs
	@touch $@

$(WORDS): locale/en/LC_MESSAGES/django.po | .venv/installed
	@$(LINLI) messages --compile
