# Two commands do everything: make run, make test. Both need nothing but Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test login lint messages screens budgets clean

run: .venv/requirements.txt
	@$(BIN)/python -m newsroom.run

test: .venv/requirements-dev.txt lint
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

login: .venv/requirements.txt
	@$(BIN)/python manage.py editor_login

# The pictures of readers' pages in docs/screens/, from the demo that runs at ADDRESS.
ADDRESS ?= http://127.0.0.1:8000
screens: .venv/requirements-dev.txt
	@$(BIN)/python docs/screens/take.py $(ADDRESS)

lint: .venv/requirements-dev.txt
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@git ls-files 'templates/*.html' | xargs -r $(BIN)/djade --target-version 5.2 --check

# Needs gettext's tools. A new language: mkdir locale/tr, and this.
MESSAGES := --all --no-wrap --add-location file --no-obsolete --ignore tests --ignore bench --ignore budgets
messages: .venv/requirements.txt
	@SECRET_KEY=unused $(BIN)/python manage.py makemessages $(MESSAGES)
	@SECRET_KEY=unused $(BIN)/python manage.py makemessages $(MESSAGES) -d djangojs
	@SECRET_KEY=unused $(BIN)/python manage.py compilemessages

# Optional: weigh and check the readers' pages. Needs Node 18.16 or newer, Java and Debian's chromium besides.
budgets: .venv/requirements-dev.txt budgets/node_modules/.package-lock.json
	@$(BIN)/python -m budgets

budgets/node_modules/.package-lock.json: budgets/package.json budgets/package-lock.json
	@echo "Installing budgets/package-lock.json …"
	@npm ci --prefix budgets --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@

# What was installed is kept beside it: pip runs only when the list has changed.
.venv/requirements.txt .venv/requirements-dev.txt: .venv/%: % requirements.txt | .venv/bin/python
	@if cat requirements.txt $* | cmp -s - $@; then touch $@; else \
		echo "Installing $* …" && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $* && \
		cat requirements.txt $* > $@; fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Newsroom needs Python 3.11 or newer: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python has no venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

clean:
	rm -rf .venv budgets/node_modules
