@echo off
rem Finds Python @PYTHON@ and lets it install what lies beside this file, without network. ASCII only: a batch file is read in the
rem code page of the console.
py -@PYTHON@ -c "pass" >nul 2>nul
if not errorlevel 1 (
    py -@PYTHON@ "%~dp0install.py" %*
    goto end
)
python -c "import sys; sys.exit('%%d.%%d' %% sys.version_info[:2] != '@PYTHON@')" >nul 2>nul
if not errorlevel 1 (
    python "%~dp0install.py" %*
    goto end
)
echo Python @PYTHON@ was not found: install it first. README.txt says how.
start "" notepad "%~dp0README.txt"
:end
pause
