# The instance profile that lets Systems Manager reach the hosts. Lists of IAM show no tags: what is made here carries the
# experiment's id in its name, by which it is found again.
#
# A new profile takes EC2 some seconds to believe in; one that is kept and named in the plan saves them.

data "aws_partition" "current" {}

locals {
  is_made = var.instance_profile == null
}

resource "aws_iam_role" "this" {
  count = local.is_made ? 1 : 0

  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  count = local.is_made ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "this" {
  count = local.is_made ? 1 : 0

  name = var.name
  role = aws_iam_role.this[0].name
}
