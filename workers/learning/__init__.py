"""Learning from a site's moderators: a small model for each site and attribute that corrects the shipped score.

    labels (decisions of people)  +  ordinary comments of the site  +  anchors (shipped)
      | vectors       what a text looks like, from the shipped models' features
      v
    fit               logistic regression; the shipped score is its starting point
      | judge         cross-validated on the labels: put in force only if surely better
      v
    serve             the next comments' scores are corrected

The shipped models' files are never changed. Every fit starts from nothing, so what was erased is forgotten.
`python -m workers.learning` learns what is due and ends; the courier starts it.
"""
