"""The kit: what every service of the suite is made of.

It knows rows, forms, pages, mails and sign-in, and no word of the domain.
"""
