"""The kit: what every service of the suite is made of.

It knows rows, forms, pages, mails and sign-in, and no word of the domain.

Here also stands how each process looks for garbage, as every one begins by importing the kit. What a start loads stays;
looking it through each time 700 more objects are made, and once more at the end, was half of a start's processor time,
and a tenth of every request's.
"""

import atexit
import gc

gc.set_threshold(50_000, 20, 50)
atexit.register(gc.freeze)
