@echo off
node "%~dp0schema-engine.mjs" %*
