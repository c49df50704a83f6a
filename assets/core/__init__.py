"""Participants, households, activities, sessions, attendance, responses, contacts.

What belongs here: who is who and what happened, gathered from the accepted rows of all sources
into one table per kind of thing. What does not: judging rows (sorting), counting or scoring them
(measures).
"""
