"""Processes (流程): BPMN files compiled to definitions; cases, steps and tasks as rows."""
